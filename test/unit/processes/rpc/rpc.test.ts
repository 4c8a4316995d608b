import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { GlimpseError } from '../../../../src-main/common/errors.ts';
import type { ProgressReport } from '../../../../src-main/common/progress.ts';
import { Client } from '../../../../src-main/processes/rpc/client.ts';
import { type Server, serve } from '../../../../src-main/processes/rpc/server.ts';
import { childTransport, portTransport } from '../../../../src-main/processes/rpc/transport.ts';
import { type CountingService, countingHandlers } from '../../../support/counting-service.ts';

/** Both ends in this process, over a real channel. */
function connect(context: TestContext): { client: Client<CountingService>; server: Server<CountingService> } {
  const { port1, port2 } = new MessageChannel();
  const server = serve<CountingService>(portTransport(port1), countingHandlers());
  const client = new Client<CountingService>(portTransport(port2), 'the counter');
  context.after(() => {
    port1.close();
    port2.close();
  });
  return { client, server };
}

test('a call gives its result, typed arrays whole, many at once', async (context) => {
  const { client } = connect(context);
  const answers = await Promise.all([1, 2, 3].map((value) => client.call('double', { value })));
  assert.deepEqual(answers, [2, 4, 6]);
  assert.deepEqual(await client.call('echo', Float32Array.of(1, 2)), Float32Array.of(1, 2));
});

test('progress comes in order, before the result', async (context) => {
  const { client } = connect(context);
  const reports: ProgressReport[] = [];
  const count = await client.call('count', { to: 3 }, { onProgress: (report) => reports.push(report) });
  assert.equal(count, 3);
  assert.deepEqual([reports[0].done, reports.at(-1)?.done, reports.at(-1)?.total], [0, 3, 3]);
});

test('an expected failure keeps its code, an unexpected one its name, and both their message', async (context) => {
  const { client } = connect(context);
  const expected = { code: 'bad-data', message: 'the number is odd' };
  await assert.rejects(client.call('fail', { isExpected: true }), expected);
  const unexpected = await client.call('fail', { isExpected: false }).catch((error: Error) => error);
  assert.ok(unexpected instanceof Error && !(unexpected instanceof GlimpseError));
  assert.deepEqual([unexpected.name, unexpected.message], ['RangeError', 'out of range']);
});

test('a method that is not there, inherited ones too, is refused', async (context) => {
  const { client } = connect(context);
  for (const name of ['nothing', 'toString', '__proto__'])
    await assert.rejects(client.call(name as 'double', { value: 1 }), { code: 'unsupported' });
});

test('a cancelled call stops at its next step, one cancelled before it starts too', async (context) => {
  const { client } = connect(context);
  const controller = new AbortController();
  const endless = client.call(
    'count',
    { to: Number.POSITIVE_INFINITY },
    {
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done > 0) controller.abort();
      },
    },
  );
  await assert.rejects(endless, { code: 'cancelled' });
  await assert.rejects(
    client.call('count', { to: Number.POSITIVE_INFINITY }, { signal: AbortSignal.abort() }),
    { code: 'cancelled' },
  );
  assert.equal(await client.call('double', { value: 4 }), 8, 'the connection goes on');
});

test('announcements reach those who listen, until they stop', async (context) => {
  const { client, server } = connect(context);
  const heard: number[] = [];
  const stop = client.on('tick', (value) => heard.push(value));
  server.announce('tick', 1);
  await client.call('double', { value: 0 });
  stop();
  server.announce('tick', 2);
  await client.call('double', { value: 0 });
  assert.deepEqual(heard, [1]);
});

test('something out of sequence, or no message at all, ends the connection', async () => {
  for (const value of [{ sequence: 5, message: { kind: 'cancel', id: 1 } }, 'text', null, { sequence: 1 }]) {
    const { port1, port2 } = new MessageChannel();
    const client = new Client<CountingService>(portTransport(port2), 'the counter');
    const answer = client.call('double', { value: 1 });
    port1.postMessage(value);
    await assert.rejects(answer, {
      code: 'lost-process',
      message: /out of sequence before it answered double/,
    });
    port1.close();
  }
});

test('a process that is killed rejects what it owes, and every later call', async (context) => {
  const child = fork(fileURLToPath(new URL('../../../support/counting-child.ts', import.meta.url)), {
    serialization: 'advanced',
  });
  context.after(() => child.kill('SIGKILL'));
  const client = new Client<CountingService>(childTransport(child), 'the counter');
  assert.equal(await client.call('double', { value: 21 }), 42);
  const endless = client.call('count', { to: Number.POSITIVE_INFINITY });
  const lost = assert.rejects(endless, {
    code: 'lost-process',
    message: 'the counter was ended by SIGKILL before it answered count',
  });
  child.kill('SIGKILL');
  await lost;
  await assert.rejects(client.call('double', { value: 1 }), { code: 'lost-process' });
});

test('a child whose parent lets go cancels its calls and ends', async () => {
  const child = fork(fileURLToPath(new URL('../../../support/counting-child.ts', import.meta.url)), {
    serialization: 'advanced',
  });
  const client = new Client<CountingService>(childTransport(child), 'the counter');
  const endless = client.call('count', { to: Number.POSITIVE_INFINITY });
  await client.call('double', { value: 1 });
  const exit = once(child, 'exit');
  client.close();
  await assert.rejects(endless, { code: 'lost-process', message: /was closed/ });
  assert.deepEqual(await exit, [0, null]);
});
