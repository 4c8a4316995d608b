// The desktop application: one window on the private scheme, its host behind it.

import { existsSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { app, BrowserWindow, Menu, screen, session } from 'electron';
import { messageOf } from '../../common/errors.ts';
import { dataFolder } from '../../common/files.ts';
import { nodeLauncher } from '../../processes/launcher.ts';
import { type Host, openHost } from '../host.ts';
import { createSite } from '../site.ts';
import { bridgeWindow } from './bridge.ts';
import { hardenContents, hardenSession } from './hardening.ts';
import { printInWindow } from './print.ts';
import { declareScheme, ORIGIN, serveSite } from './private-protocol.ts';

/** The Node that reads the clones Node 24 writes. */
const OLDEST_NODE_FOR_CLONES = 22;
const SIZE = { width: 1440, height: 900, minWidth: 1024, minHeight: 640 };
/** The ground of the dark theme: no white flash before the first paint. */
const GROUND = '#101317';

export function startDesktop(): void {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  declareScheme();
  hardenContents(app);
  Menu.setApplicationMenu(null);
  app.whenReady().then(openWindow).catch(endWithError);
}

async function openWindow(): Promise<void> {
  const root = app.getAppPath();
  const host = await openHost({
    root,
    dataFolder: dataFolder(),
    launch: nodeLauncher(findNode(root), wireOfThisNode()),
    print: printInWindow,
    about: {
      version: app.getVersion(),
      shell: 'electron',
      runtime: `Electron ${process.versions.electron}, Chromium ${process.versions.chrome}`,
      processors: processors(),
    },
    onUnexpected: (where, error) => process.stderr.write(`glimpse: ${where}: ${stackOf(error)}\n`),
  });
  const { defaultSession } = session;
  hardenSession(defaultSession, !app.isPackaged);
  serveSite(defaultSession.protocol, createSite(join(root, 'out', 'renderer'), host.findImage));
  const { width, height } = screen.getPrimaryDisplay().workAreaSize;
  const window = new BrowserWindow({
    ...SIZE,
    width: Math.min(SIZE.width, width),
    height: Math.min(SIZE.height, height),
    show: false,
    backgroundColor: GROUND,
    title: 'Glimpse',
    webPreferences: {
      preload: join(root, 'out', 'preload', 'index.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  const endBridge = bridgeWindow(window, host);
  window.once('ready-to-show', () => window.show());
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  window.once('closed', endBridge);
  quitAfter(host);
  await window.loadURL(`${ORIGIN}/`);
}

/** The processes save what they must before the application ends. */
function quitAfter(host: Host): void {
  const closing = { isDone: false };
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    if (closing.isDone) return;
    event.preventDefault();
    host
      .close()
      .catch((error: unknown) => process.stderr.write(`glimpse: ${messageOf(error)}\n`))
      .finally(() => {
        closing.isDone = true;
        app.quit();
      });
  });
}

/** The services' Node: the one that set-up installed, named by whoever started this, or found in node_modules. */
function findNode(root: string): string {
  const named = process.env.GLIMPSE_NODE;
  if (named) return named;
  const installed = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(installed) ? installed : 'node';
}

function wireOfThisNode(): 'clone' | 'json' {
  return Number(process.versions.node.split('.')[0]) >= OLDEST_NODE_FOR_CLONES ? 'clone' : 'json';
}

/** Node before 18.14 has no `availableParallelism`. */
function processors(): number {
  return typeof availableParallelism === 'function' ? availableParallelism() : cpus().length;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function endWithError(error: unknown): void {
  process.stderr.write(`glimpse: ${messageOf(error)}\n`);
  app.exit(1);
}
