import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchInNode } from '../../../src-main/processes/launcher.ts';
import type { CountingService } from '../../support/counting-service.ts';

const PROGRAM = {
  name: 'the counter',
  entry: fileURLToPath(new URL('../../support/counting-child.ts', import.meta.url)),
};

test('a service answers, and ends when it is stopped', async () => {
  const service = launchInNode<CountingService>(PROGRAM);
  assert.equal(await service.client.call('double', { value: 3 }), 6);
  await service.stop();
  assert.equal(await service.ended, 'ended with code 0');
  await service.stop();
  await assert.rejects(service.client.call('double', { value: 3 }), { code: 'lost-process' });
});

test('one that will not end is killed', async () => {
  const service = launchInNode<CountingService>({ ...PROGRAM, words: ['stubborn'] });
  await service.client.call('double', { value: 3 });
  await service.stop(50);
  assert.equal(await service.ended, 'was ended by SIGKILL');
});

test('an entry that is not there ends, and owes nobody an answer', async () => {
  const service = launchInNode<CountingService>({ ...PROGRAM, entry: '/no/such/entry.ts' });
  await assert.rejects(service.client.call('double', { value: 1 }), { code: 'lost-process' });
  assert.equal(await service.ended, 'ended with code 1');
});
