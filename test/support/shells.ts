// The real window in either shell: real Electron under a display, or the web shell in an installed Chromium.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  _electron,
  type Browser,
  chromium,
  type ElectronApplication,
  errors,
  type Page,
  expect as pageExpect,
} from '@playwright/test';
import { findElectronForTests } from '../../scripts/electron-runtime.mjs';
import { findBrowser } from '../../src-main/common/browser.ts';
import { OFFLINE_WORDS, SMOOTH_WORDS } from '../../src-main/shell/web/browser.ts';

export type ShellName = 'electron' | 'web';

export interface OpenShell {
  readonly name: ShellName;
  readonly page: Page;
  /** What the page complained of: errors and refused loads. */
  readonly complaints: readonly string[];
  /** Null in the web shell. */
  readonly electron: ElectronApplication | null;
  /** The process that holds the data folder. */
  readonly host: ChildProcess;
  close(): Promise<void>;
}

export interface ShellOptions {
  /** The data folder. */
  readonly home: string;
  readonly size?: { readonly width: number; readonly height: number };
}

const root = fileURLToPath(new URL('../..', import.meta.url));
/** A start takes two seconds, several where the machine is busy. */
const HANDSHAKE_MS = 40_000;
const SIZE = { width: 1280, height: 720 };

/** Real processes on a shared machine: slower than a page by itself. */
export const expect = pageExpect.configure({ timeout: 240_000 });

const openNow = new Set<OpenShell>();

// A step that found nothing says what it looked for; what stood there instead is told here. A benchmark is no test.
if (process.env.NODE_TEST_CONTEXT !== undefined) {
  afterEach(async (context) => {
    // Node's own types do not know of it yet.
    if (!(context as TestContext & { passed: boolean }).passed)
      for (const shell of openNow) await tellOf(shell);
  });
}

/** The shells that can be run here; the others are named by the test runner's last lines. */
export function shellsHere(): ShellName[] {
  const shells: ShellName[] = [];
  if (electronHere() !== null && hasDisplay()) shells.push('electron');
  if (findBrowser(process.env) !== null) shells.push('web');
  return shells;
}

export async function openShell(name: ShellName, options: ShellOptions): Promise<OpenShell> {
  const opened = name === 'electron' ? await openElectron(options) : await openWeb(options);
  openNow.add(opened);
  opened.page.once('close', () => openNow.delete(opened));
  opened.page.setDefaultTimeout(240_000);
  await opened.page.setViewportSize(options.size ?? SIZE);
  await opened.page.getByRole('heading', { level: 1 }).waitFor();
  return opened;
}

async function tellOf({ name, page, complaints }: OpenShell): Promise<void> {
  const seen = await page
    .locator('body')
    .ariaSnapshot({ timeout: 5000 })
    .catch(({ message }: Error) => message);
  process.stderr.write(
    `${name} shows:\n${seen}\n${name} complained: ${complaints.join('\n') || 'of nothing'}\n`,
  );
}

function electronHere(): string | null {
  return findElectronForTests(root, process.env);
}

function hasDisplay(): boolean {
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

function environmentFor({ home }: ShellOptions): Record<string, string> {
  const known = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  // A test runner's own marks make Node's children report to it.
  const { NODE_TEST_CONTEXT: _, ...rest } = Object.fromEntries(known);
  return { ...rest, GLIMPSE_HOME: home, GLIMPSE_DEVICE: 'cpu', GLIMPSE_NODE: process.execPath };
}

/**
 * About one handshake of the driver with Chromium 108 in a hundred never ends. It comes before `app.whenReady`, which the driver holds
 * back, so nothing of ours but the top of the main script has run by then: the start is made once more, and said.
 */
async function launchElectron(
  start: Parameters<typeof _electron.launch>[0],
): ReturnType<typeof _electron.launch> {
  try {
    return await _electron.launch(start);
  } catch (error) {
    if (!(error instanceof errors.TimeoutError)) throw error;
    process.stderr.write('the driver could not take hold of Electron: started once more\n');
    return _electron.launch(start);
  }
}

export interface ElectronCommand {
  readonly path: string;
  readonly words: readonly string[];
  readonly env: Record<string, string>;
}

/** @param profile Chromium's own folder */
export function electronCommand(home: string, profile: string): ElectronCommand {
  const path = electronHere();
  if (path === null) throw new Error('there is no Electron here');
  const words = ['--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`, root];
  return { path, words, env: environmentFor({ home }) };
}

async function openElectron({ home }: ShellOptions): Promise<OpenShell> {
  const { path, words, env } = electronCommand(home, join(home, 'electron'));
  const application = await launchElectron({
    executablePath: path,
    args: [...words],
    env,
    timeout: HANDSHAKE_MS,
  });
  const page = await application.firstWindow();
  return {
    name: 'electron',
    page,
    complaints: listenToComplaints(page),
    electron: application,
    host: application.process(),
    close: () => application.close(),
  };
}

async function openWeb(options: ShellOptions): Promise<OpenShell> {
  const executablePath = findBrowser(process.env);
  if (executablePath === null) throw new Error('there is no Chromium here');
  const server = await serveWeb(options);
  const browser: Browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', ...OFFLINE_WORDS, ...SMOOTH_WORDS],
  });
  const page = await browser.newPage();
  const complaints = listenToComplaints(page);
  await page.goto(server.address);
  return {
    name: 'web',
    page,
    complaints,
    electron: null,
    host: server.host,
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

export interface WebServer {
  readonly address: string;
  readonly host: ChildProcess;
  close(): Promise<void>;
}

/** The web shell without a window. */
export async function serveWeb(options: ShellOptions): Promise<WebServer> {
  const host = startWeb(options);
  host.stderr?.pipe(process.stderr);
  return { address: await addressFrom(host), host, close: () => endProcess(host) };
}

/** Its process alone. */
export function startWeb(options: ShellOptions): ChildProcess {
  return spawn(process.execPath, [join(root, 'src-main', 'web.ts'), '--no-open'], {
    env: environmentFor(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function addressFrom(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    const address = /http:\/\/\S+/.exec(text)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error(`the web shell gave no address: ${text}`);
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

function listenToComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return complaints;
}
