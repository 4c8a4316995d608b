// A renderer that somebody else has taken over gets nowhere: no node, no other page, no window, no channel, no file.

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from '@playwright/test';
import { CHANNEL_NAMES } from '../../src-main/contract/channels.ts';
import { type OpenShell, openShell, shellsHere } from '../support/shells.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The raw bridge of the shell, without the window's own checks. */
async function rawCall(
  page: Page,
  channel: unknown,
  request: unknown,
): Promise<{ ok: boolean; text: string }> {
  return page.evaluate(
    async ([channel, request]) => {
      const bridge = (
        window as { glimpse?: { call(channel: unknown, request: unknown): Promise<{ ok: boolean }> } }
      ).glimpse;
      if (bridge !== undefined) {
        const reply = await bridge.call(channel, request);
        return { ok: reply.ok, text: JSON.stringify(reply) };
      }
      const response = await fetch('/call', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ channel, request }),
      });
      const reply = (await response.json()) as { ok: boolean };
      return { ok: reply.ok, text: JSON.stringify(reply) };
    },
    [channel, request],
  );
}

for (const name of shellsHere()) {
  test(`${name}: every channel of the contract is registered`, async (t) => {
    const shell = await openShell(name, { home: await temporaryFolder(t) });
    t.after(() => shell.close());
    for (const channel of CHANNEL_NAMES) {
      // No guard takes a list of nothing but a zero: a registered channel refuses it by its own name.
      const { ok, text } = await rawCall(shell.page, channel, [0]);
      assert.equal(ok, false);
      assert.ok(text.includes(`${channel}: `), `${channel} answered ${text}`);
    }
  });

  test(`${name}: a page that was taken over reaches nothing`, async (t) => {
    const home = await temporaryFolder(t);
    await writeFile(join(home, 'secret.png'), 'secret');
    const taken = join(home, 'taken.onnx');
    await writeFile(taken, 'a model');
    const shell = await openShell(name, { home });
    t.after(() => shell.close());
    const { page } = shell;
    await findsNoNode(shell);
    await runsNoForeignCode(page);
    await readsNoFile(page);
    await asksNoOtherChannel(page);
    await writesOverNothing(page, taken);
    await gainsNoPermission(page);
    await sendsNoPacket(page);
    await leavesForNowhere(shell);
  });
}

async function findsNoNode({ page, name }: OpenShell): Promise<void> {
  const found = await page.evaluate(() => {
    const scope = window as unknown as Record<string, unknown>;
    const bridge = scope.glimpse as object | undefined;
    return {
      globals: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', '__dirname'].filter(
        (key) => key in scope,
      ),
      keys: bridge === undefined ? null : Object.keys(bridge).sort(),
      isFrozen: bridge === undefined ? null : Object.isFrozen(bridge),
    };
  });
  assert.deepEqual(found.globals, []);
  assert.deepEqual(found.keys, name === 'electron' ? ['call', 'on'] : null);
  assert.equal(found.isFrozen, name === 'electron' ? true : null);
}

/** Inline code, code from text, code and frames from elsewhere: the policy stops all of it. */
async function runsNoForeignCode(page: Page): Promise<void> {
  const ran = await page.evaluate(async () => {
    const marks = window as unknown as Record<string, unknown>;
    const element = document.createElement('script');
    element.textContent = 'window.ranInline = true';
    document.body.append(element);
    const image = document.createElement('img');
    image.setAttribute('onerror', 'window.ranHandler = true');
    image.src = '/images/none';
    document.body.append(image);
    const data = document.createElement('script');
    data.src = 'data:text/javascript,window.ranData = true';
    document.body.append(data);
    const frame = document.createElement('iframe');
    frame.srcdoc = '<script>parent.ranFrame = true</scr' + 'ipt>';
    document.body.append(frame);
    await new Promise((resolve) => image.addEventListener('error', resolve));
    for (const made of [element, image, data, frame]) made.remove();
    return ['ranInline', 'ranHandler', 'ranData', 'ranFrame'].filter((key) => marks[key] === true);
  });
  assert.deepEqual(ran, []);
}

async function readsNoFile(page: Page): Promise<void> {
  const statuses = await page.evaluate(async () => {
    const digest = '0'.repeat(64);
    const paths = [
      `/images/crops/door/${digest}`,
      '/images/..%2f..%2fsecret.png',
      '/images/samples/..%2f..%2f..%2fsecret.png',
      '/images/%2e%2e/%2e%2e/secret.png',
      '/..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
    ];
    const answers = await Promise.all(paths.map(async (path) => (await fetch(path)).status));
    const elsewhere = await Promise.all(
      ['file:///etc/passwd', 'http://example.test/', 'https://127.0.0.1:1/'].map((url) =>
        fetch(url).then(
          () => 'reached',
          () => 'refused',
        ),
      ),
    );
    return { answers, elsewhere };
  });
  assert.deepEqual(
    statuses.answers.filter((status) => status !== 404 && status !== 400 && status !== 403),
    [],
  );
  assert.deepEqual(statuses.elsewhere, ['refused', 'refused', 'refused']);
}

async function asksNoOtherChannel(page: Page): Promise<void> {
  for (const channel of ['constructor', '__proto__', 'fs.readFile', 'ELECTRON_BROWSER_REQUIRE', null]) {
    const { ok, text } = await rawCall(page, channel, {});
    assert.equal(ok, false, String(channel));
    assert.match(text, /there is no such channel/);
  }
  const outside = await rawCall(page, 'runs.read', { run: '../../../etc' });
  assert.match(outside.text, /bad-usage/);
}

/** What writes files writes new ones, of its own kind. */
async function writesOverNothing(page: Page, taken: string): Promise<void> {
  const before = await readFile(taken, 'utf8');
  const exported = { student: 'ours', profile: null };
  const over = await rawCall(page, 'models.export', { ...exported, file: taken });
  assert.match(over.text, /already: choose another name/);
  const other = await rawCall(page, 'models.export', { ...exported, file: taken.replace('.onnx', '.sh') });
  assert.match(other.text, /ends in \.onnx/);
  assert.equal(await readFile(taken, 'utf8'), before);
  for (const [channel, request] of [
    ['enrolment.save-failures', { job: '00000000', file: taken }],
    ['gallery.save-left-out', { gallery: 'door', state: 'failed', target: taken }],
  ] as const)
    assert.match((await rawCall(page, channel, request)).text, /ends in \.csv/, channel);
}

async function gainsNoPermission(page: Page): Promise<void> {
  const states = await page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'camera', 'microphone'] as PermissionName[];
    const answers = await Promise.all(
      names.map((permission) =>
        navigator.permissions.query({ name: permission }).then(
          ({ state }) => state,
          () => 'denied',
        ),
      ),
    );
    const camera = await (navigator.mediaDevices?.getUserMedia({ video: true }) ?? Promise.reject()).then(
      () => 'granted',
      () => 'denied',
    );
    return [...answers, camera];
  });
  assert.ok(!states.includes('granted'), states.join());
}

/** Electron stays where it is; a browser may leave, but nothing is there for it. */
/** What looks for a way to another machine asks by UDP, which no content policy holds. */
async function sendsNoPacket(page: Page): Promise<void> {
  const socket = createSocket('udp4');
  let packets = 0;
  socket.on('message', () => packets++);
  socket.bind(0);
  await once(socket, 'listening');
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const outside = addresses.find(({ family, internal }) => family === 'IPv4' && !internal);
  const candidates = await page.evaluate(
    async (server) => {
      const connection = new RTCPeerConnection({ iceServers: [{ urls: server }] });
      const found: string[] = [];
      connection.onicecandidate = ({ candidate }) => void (candidate && found.push(candidate.candidate));
      connection.createDataChannel('away');
      await connection.setLocalDescription(await connection.createOffer());
      await new Promise((resolve) => setTimeout(resolve, 1500));
      connection.close();
      return found;
    },
    `stun:${outside?.address ?? '127.0.0.1'}:${socket.address().port}`,
  );
  socket.close();
  assert.equal(packets, 0);
  assert.deepEqual(candidates, [], 'not even where this machine is');
}

async function leavesForNowhere({ page, name, electron }: OpenShell): Promise<void> {
  const start = page.url();
  await page.evaluate(() => void window.open('http://example.test/', '_blank'));
  if (electron !== null) {
    const preferences = await electron.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      // Not in the typings, and the only way to see what a window really runs with.
      const contents = window.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
      const { sandbox, contextIsolation, nodeIntegration, webviewTag } = contents.getLastWebPreferences();
      return { sandbox, contextIsolation, nodeIntegration, webviewTag };
    });
    assert.deepEqual(preferences, {
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
    });
    const windows = await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    assert.equal(windows, 1);
    await page.evaluate(() => {
      location.href = 'http://example.test/';
    });
    await page.evaluate(() => {
      location.href = 'file:///etc/passwd';
    });
    assert.equal(await page.evaluate(() => location.href), start);
    await refusesOtherSenders(electron);
    return;
  }
  assert.equal(name, 'web');
  await assert.rejects(page.goto('http://example.test/'), /ERR_PROXY_CONNECTION_FAILED/);
}

/** A second window with the very same preload may not call. */
async function refusesOtherSenders(electron: NonNullable<OpenShell['electron']>): Promise<void> {
  const reply = await electron.evaluate(async ({ BrowserWindow, app }) => {
    const other = new BrowserWindow({
      show: false,
      webPreferences: {
        preload: `${app.getAppPath()}/out/preload/index.cjs`,
        sandbox: true,
        contextIsolation: true,
      },
    });
    await other.loadURL('glimpse://app/');
    const answer: unknown = await other.webContents.executeJavaScript("window.glimpse.call('app.facts', {})");
    other.destroy();
    return answer;
  });
  assert.deepEqual(reply, { ok: false, error: { code: 'bad-usage', message: 'this page may not call' } });
}
