// A supervised service: started when asked, heard over its restarts, its death told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchInNode, nodeLauncher } from '../../../src-main/processes/launcher.ts';
import type { Client } from '../../../src-main/processes/rpc/client.ts';
import { Supervised } from '../../../src-main/processes/supervised.ts';
import type { GreetingService } from '../../support/greeting-service.ts';

const entry = fileURLToPath(new URL('../../support/greeting-child.ts', import.meta.url));
const program = () => ({ name: 'the greeter', entry });
const greet = (client: Client<GreetingService>) => client.call('hello', null);

for (const [wire, launch] of [
  ['structured clones', launchInNode],
  ['JSON', nodeLauncher(process.execPath, 'json')],
] as const) {
  test(`over ${wire} typed arrays arrive as they were sent`, async (t) => {
    const service = new Supervised<GreetingService>(launch, program, greet, () => {});
    t.after(() => service.stop());
    const vector = Float32Array.of(1, 0.5, Number.NaN);
    assert.deepEqual(await service.call('echo', { vector, bytes: Uint8Array.of(7) }), {
      vector,
      bytes: Uint8Array.of(7),
    });
  });
}

test('a service that dies is told of, rejects what it owed, and starts anew at the next call', async (t) => {
  const states: string[] = [];
  const service = new Supervised<GreetingService>(launchInNode, program, greet, () => {
    states.push(service.state.state);
  });
  t.after(() => service.stop());
  const heard: number[] = [];
  service.on('counted', (value) => heard.push(value));
  assert.equal(service.state.state, 'ended');
  const firstPid = await service.call('hello', null);
  const stuck = service.call('wait', null);
  stuck.catch(() => {});
  process.kill(firstPid, 'SIGKILL');
  await assert.rejects(stuck, { code: 'lost-process', message: /the greeter was ended by SIGKILL/ });
  const secondPid = await service.call('hello', null);
  assert.notEqual(secondPid, firstPid);
  await service.call('count', { value: 3 });
  assert.deepEqual(heard, [3]);
  assert.equal(service.state.lastEnd, null);
  assert.deepEqual([...new Set(states)], ['starting', 'ready', 'ended']);
});

test('one that is stopped on purpose has no end to tell of', async () => {
  const service = new Supervised<GreetingService>(launchInNode, program, greet, () => {});
  await service.call('hello', null);
  await service.stop();
  assert.deepEqual(service.state, { state: 'ended', lastEnd: null, pid: null });
});
