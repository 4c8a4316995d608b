// A window as a person has it: opened as `npm start` opens it, with nothing that listens to what it loads. A driver of tests hears of
// every picture, which took a third of two cores in the browser (EXPERIMENTS.md).

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findBrowser } from '../../../src-main/common/browser.ts';
import { appWindowWords } from '../../../src-main/shell/web/browser.ts';
import { electronCommand, type ShellName, serveWeb } from '../../support/shells.ts';

export interface WindowSize {
  readonly width: number;
  readonly height: number;
  /** Screen pixels to a CSS pixel. */
  readonly scale: number;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

type Listener = (params: unknown) => void;

const PATIENCE_MS = 60_000;

/** Dispose of it with `close`. */
export class BareWindow {
  readonly #socket: WebSocket;
  readonly #end: () => Promise<void>;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #listeners = new Map<string, Listener>();
  #last = 0;

  private constructor(socket: WebSocket, end: () => Promise<void>) {
    this.#socket = socket;
    this.#end = end;
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(String(data)) as Message));
  }

  static async open(shell: ShellName, home: string, size: WindowSize): Promise<BareWindow> {
    const profile = await mkdtemp(join(tmpdir(), 'glimpse-window-'));
    const { child, end } = await (shell === 'electron' ? startElectron : startWeb)(home, profile);
    const socket = await connect(profile);
    const window = new BareWindow(socket, async () => {
      socket.close();
      child.kill();
      if (child.exitCode === null) await once(child, 'exit');
      await end();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    });
    const { width, height, scale: deviceScaleFactor } = size;
    await window.send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor,
      mobile: false,
    });
    return window;
  }

  /** One command of Chromium's own protocol; throws what it answers. */
  send(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** The one listener of an event. */
  on(method: string, listener: Listener): void {
    this.#listeners.set(method, listener);
  }

  /** What a function that closes over nothing returns in the page. */
  async evaluate<Argument, Result>(
    question: (argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result> {
    const answer = (await this.send('Runtime.evaluate', {
      expression: `(${question})(${JSON.stringify(argument)})`,
      returnByValue: true,
      awaitPromise: true,
    })) as { result: { value: Result }; exceptionDetails?: { exception?: { description?: string } } };
    const { exceptionDetails, result } = answer;
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? 'failed');
    return result.value;
  }

  /** Asks until the answer is true; a page that is not there yet gives none. */
  async until<Argument>(question: (argument: Argument) => boolean, argument: Argument): Promise<void> {
    const endMs = performance.now() + PATIENCE_MS;
    while (!(await this.evaluate(question, argument).catch(() => false))) {
      if (performance.now() > endMs) throw new Error(`not within a minute: ${question}`);
      await wait(100);
    }
  }

  async close(): Promise<void> {
    await this.#end();
  }

  #take({ id, method, params, result, error }: Message): void {
    if (method !== undefined) this.#listeners.get(method)?.(params);
    const asked = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || asked === undefined) return;
    this.#waiting.delete(id);
    if (error === undefined) asked.resolve(result);
    else asked.reject(new Error(error.message));
  }
}

interface Started {
  readonly child: ChildProcess;
  end(): Promise<void>;
}

const NOTHING_MORE = (): Promise<void> => Promise.resolve();

async function startElectron(home: string, profile: string): Promise<Started> {
  const { path, words, env } = electronCommand(home, profile);
  const child = spawn(path, ['--remote-debugging-port=0', ...words], { env, stdio: 'ignore' });
  return { child, end: NOTHING_MORE };
}

async function startWeb(home: string, profile: string): Promise<Started> {
  const browser = findBrowser(process.env);
  if (browser === null) throw new Error('there is no Chromium here');
  const server = await serveWeb({ home });
  const words = ['--remote-debugging-port=0', ...appWindowWords(server.address, profile)];
  return { child: spawn(browser, words, { stdio: 'ignore' }), end: () => server.close() };
}

/** To the one page, once the browser says where. */
async function connect(profile: string): Promise<WebSocket> {
  const file = join(profile, 'DevToolsActivePort');
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += 100) {
    await wait(100);
    const port = existsSync(file) ? (await readFile(file, 'utf8')).split('\n')[0] : '';
    if (port === '') continue;
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as {
      type: string;
      url: string;
      webSocketDebuggerUrl: string;
    }[];
    const page = targets.find(({ type, url }) => type === 'page' && /^(glimpse|http):\/\//.test(url));
    if (page === undefined) continue;
    const socket = new WebSocket(page.webSocketDebuggerUrl);
    await once(socket, 'open');
    return socket;
  }
  throw new Error('the window did not open');
}
