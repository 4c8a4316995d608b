// The web shell's composition root: serves the window on loopback, opens it in an installed Chromium, ends with it.

import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser } from './common/browser.ts';
import { GlimpseError } from './common/errors.ts';
import { dataFolder } from './common/files.ts';
import { readVersion } from './common/version.ts';
import { launchInNode } from './processes/launcher.ts';
import { type Host, openHost } from './shell/host.ts';
import { createSite } from './shell/site.ts';
import { openAppWindow, removeKeptPictures } from './shell/web/browser.ts';
import { serveWeb, usualPort } from './shell/web/web-server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function openWebHost(): Promise<Host> {
  return openHost({
    root,
    dataFolder: dataFolder(),
    launch: launchInNode,
    about: {
      version: readVersion(),
      shell: 'web',
      runtime: `web shell, Node ${process.versions.node}`,
      processors: availableParallelism(),
    },
    onUnexpected: (where, error) => complain(`${where}: ${stackOf(error)}`),
  });
}

/** Serves until the window is closed or a signal comes. */
async function serve(host: Host): Promise<void> {
  const site = createSite(join(root, 'out', 'renderer'), host.findImage);
  const shell = await serveWeb(host, site, usualPort(dataFolder()));
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
  const browser = process.argv.includes('--no-open') || !hasDisplay() ? null : findBrowser(process.env);
  if (browser === null) {
    say(`open this address in a browser of this machine; it is good for one opening:\n${shell.address}`);
  } else {
    const profileFolder = join(dataFolder(), 'browser');
    await removeKeptPictures(profileFolder);
    const window = openAppWindow(browser, shell.address, profileFolder);
    window.once('error', () => say(`open this address in a browser, once:\n${shell.address}`));
    window.once('exit', () => ended.abort());
  }
  if (!ended.signal.aborted) await once(ended.signal, 'abort');
  await shell.close();
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(line: string): void {
  process.stderr.write(`glimpse: ${line}\n`);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  const host = await openWebHost();
  await serve(host);
  await host.close();
} catch (error) {
  if (!(error instanceof GlimpseError)) throw error;
  complain(error.message);
  process.exitCode = 1;
}
