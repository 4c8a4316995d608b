// The loopback port: who gets in, and what is refused.

import assert from 'node:assert/strict';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { type TestContext, test } from 'node:test';
import { Dispatcher, type HandlerTable } from '../../../src-main/ipc/dispatcher.ts';
import type { EventSink, Host } from '../../../src-main/shell/host.ts';
import { createSite } from '../../../src-main/shell/site.ts';
import { serveWeb, usualPort } from '../../../src-main/shell/web/web-server.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function makeHost(sinks: Set<EventSink>): Host {
  return {
    dispatcher: new Dispatcher({ 'jobs.list': () => [] } as unknown as HandlerTable, () => {}),
    onEvent: (sink) => {
      sinks.add(sink);
      return () => void sinks.delete(sink);
    },
    findImage: async () => null,
    close: async () => {},
  };
}

async function open(t: TestContext) {
  const sinks = new Set<EventSink>();
  const host = makeHost(sinks);
  const shell = await serveWeb(host, createSite('/nowhere', host.findImage));
  t.after(() => shell.close());
  const address = new URL(shell.address);
  /** Every header as given: `fetch` would not let a test lie about its host. */
  function ask(
    path: string,
    {
      method = 'GET',
      headers = {},
      body = '',
    }: { method?: string; headers?: OutgoingHttpHeaders; body?: string } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        { host: '127.0.0.1', port: address.port, path, method, headers },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
  async function enter(): Promise<string> {
    const { status, headers } = await ask(`/${address.search}`);
    assert.equal(status, 303);
    return String(headers['set-cookie']).split(';')[0];
  }
  return { ask, enter, address, sinks };
}

const JSON_TYPE = { 'content-type': 'application/json' };
const CALL = { method: 'POST', body: JSON.stringify({ channel: 'jobs.list', request: {} }) };

test('the token opens one session, once, and leaves the address', async (t) => {
  const { ask, address } = await open(t);
  const first = await ask(`/${address.search}`);
  assert.equal(first.status, 303);
  assert.equal(first.headers.location, '/');
  assert.match(String(first.headers['set-cookie']), /HttpOnly; SameSite=Strict/);
  assert.equal((await ask(`/${address.search}`)).status, 403);
  assert.equal((await ask('/?token=guessed')).status, 403);
});

test('without a session nothing is to be had', async (t) => {
  const { ask } = await open(t);
  for (const path of ['/', '/events', '/images/samples/x.png']) {
    assert.equal((await ask(path)).status, 403, path);
  }
  assert.equal((await ask('/call', { ...CALL, headers: JSON_TYPE })).status, 403);
  assert.equal(
    (await ask('/call', { ...CALL, headers: { ...JSON_TYPE, cookie: 'glimpse-session=x' } })).status,
    403,
  );
});

test('a session calls, and what it calls is still guarded', async (t) => {
  const { ask, enter } = await open(t);
  const cookie = await enter();
  const { status, text } = await ask('/call', { ...CALL, headers: { ...JSON_TYPE, cookie } });
  assert.equal(status, 200);
  assert.deepEqual(JSON.parse(text), { ok: true, value: [] });
  for (const body of ['{}', 'not json', '[]', '{"channel":"constructor"}']) {
    const answer = await ask('/call', { method: 'POST', body, headers: { ...JSON_TYPE, cookie } });
    assert.equal((JSON.parse(answer.text) as { ok: boolean }).ok, false, body);
  }
});

test('another host name, another origin, a form and another method are refused', async (t) => {
  const { ask, enter, address } = await open(t);
  const cookie = await enter();
  const refused: readonly OutgoingHttpHeaders[] = [
    { host: `evil.example:${address.port}` },
    { host: `localhost:${address.port}` },
    { origin: 'http://evil.example' },
    { origin: `http://127.0.0.1:${Number(address.port) + 1}` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of refused) {
    const answer = await ask('/call', { ...CALL, headers: { ...JSON_TYPE, cookie, ...headers } });
    assert.equal(answer.status, 403, JSON.stringify(headers));
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded', cookie };
  assert.equal((await ask('/call', { ...CALL, headers: form })).status, 415);
  assert.equal((await ask('/call', { method: 'PUT', headers: { cookie } })).status, 405);
});

test('events reach the session and end with it', async (t) => {
  const { enter, address, sinks } = await open(t);
  const cookie = await enter();
  const text = await new Promise<string>((resolve, reject) => {
    const outgoing = httpRequest(
      { host: '127.0.0.1', port: address.port, path: '/events', headers: { cookie } },
      (response) => {
        response.setEncoding('utf8').on('data', (chunk: string) => {
          if (chunk.includes('open')) for (const sink of sinks) sink('jobs.changed', []);
          if (!chunk.includes('data:')) return;
          resolve(chunk);
          outgoing.destroy();
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
  assert.ok(text.includes('data: ["jobs.changed",[]]\n\n'), text);
});

test('a data folder has its port, and another one while that is taken', async (t) => {
  const [here, there] = [usualPort('/home/ann/glimpse'), usualPort('/home/ben/glimpse')];
  assert.notEqual(here, there);
  assert.equal(usualPort('/home/ann/glimpse'), here);
  for (const port of [here, there]) assert.ok(port >= 49_152 && port < 65_536);
  const host = makeHost(new Set());
  const site = createSite('/nowhere', host.findImage);
  const first = await serveWeb(host, site, here);
  t.after(() => first.close());
  const second = await serveWeb(host, site, here);
  t.after(() => second.close());
  assert.notEqual(new URL(second.address).port, new URL(first.address).port);
});
