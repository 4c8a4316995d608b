// The web shell's composition root: serves the window on loopback, opens it in an installed Chromium, ends with it.

import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataFolder } from './common/files.ts';
import { readVersion } from './common/version.ts';
import { launchInNode } from './processes/launcher.ts';
import { openHost } from './shell/host.ts';
import { createSite } from './shell/site.ts';
import { findBrowser, openAppWindow } from './shell/web/browser.ts';
import { serveWeb } from './shell/web/web-server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const host = await openHost({
  root,
  dataFolder: dataFolder(),
  launch: launchInNode,
  about: {
    version: readVersion(),
    shell: 'web',
    runtime: `web shell, Node ${process.versions.node}`,
    processors: availableParallelism(),
  },
  onUnexpected: (where, error) =>
    process.stderr.write(
      `glimpse: ${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    ),
});
const shell = await serveWeb(host, createSite(join(root, 'out', 'renderer'), host.findImage));
const browser = findBrowser(process.env);
const hasDisplay = Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
const opensWindow = browser !== null && hasDisplay && !process.argv.includes('--no-open');

const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
if (opensWindow) {
  const window = openAppWindow(browser, shell.address, join(dataFolder(), 'browser'));
  window.once('error', () => process.stdout.write(`open this address, once:\n${shell.address}\n`));
  window.once('exit', () => ended.abort());
} else {
  process.stdout.write(
    `open this address in a browser of this machine; it is good for one opening:\n${shell.address}\n`,
  );
}
if (!ended.signal.aborted) await once(ended.signal, 'abort');
await shell.close();
await host.close();
