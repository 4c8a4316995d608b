// The dispatcher between a hostile window and the handlers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GlimpseError } from '../../../src-main/common/errors.ts';
import { Dispatcher, type HandlerTable } from '../../../src-main/ipc/dispatcher.ts';

function dispatcherWith(handlers: Partial<HandlerTable>): { dispatcher: Dispatcher; unexpected: string[] } {
  const unexpected: string[] = [];
  const dispatcher = new Dispatcher(handlers as HandlerTable, (channel) => unexpected.push(channel));
  return { dispatcher, unexpected };
}

test('a right call reaches its handler with the parsed request', async () => {
  const { dispatcher } = dispatcherWith({ 'jobs.dismiss': ({ job }) => (job.length === 8 ? null : null) });
  assert.deepEqual(await dispatcher.dispatch('jobs.dismiss', { job: '01234567' }), { ok: true, value: null });
});

for (const channel of ['constructor', '__proto__', 'toString', 'files.read', '', null, 7, {}]) {
  test(`${JSON.stringify(channel)} is no channel`, async () => {
    const { dispatcher } = dispatcherWith({});
    const reply = await dispatcher.dispatch(channel, {});
    assert.deepEqual(reply, { ok: false, error: { code: 'bad-usage', message: 'there is no such channel' } });
  });
}

test('a request that its guard refuses never reaches the handler, and the answer names the field', async () => {
  const { dispatcher } = dispatcherWith({
    'runs.read': () => assert.fail('the handler was called'),
  });
  const reply = await dispatcher.dispatch('runs.read', { run: '../../etc/passwd' });
  assert.deepEqual(reply, {
    ok: false,
    error: { code: 'bad-usage', message: 'runs.read: run: a name is letters, digits, ".", "_" and "-"' },
  });
});

test('an expected failure keeps its code; an unforeseen one is internal and logged', async () => {
  const { dispatcher, unexpected } = dispatcherWith({
    'runs.list': () => {
      throw new GlimpseError('not-found', 'there is no folder /x');
    },
    'models.list': () => Promise.reject(new TypeError('oops')),
  });
  assert.deepEqual(await dispatcher.dispatch('runs.list', {}), {
    ok: false,
    error: { code: 'not-found', message: 'there is no folder /x' },
  });
  assert.deepEqual(await dispatcher.dispatch('models.list', {}), {
    ok: false,
    error: { code: 'internal', message: 'oops' },
  });
  assert.deepEqual(unexpected, ['models.list']);
});
