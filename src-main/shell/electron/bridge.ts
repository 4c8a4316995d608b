// Electron's end of the bridge: calls in, events out, and only for the window's own page.

import { type BrowserWindow, type IpcMainInvokeEvent, ipcMain } from 'electron';
import { CALL_WIRE, EVENT_WIRE, type Reply } from '../../contract/bridge.ts';
import type { Host } from '../host.ts';
import { isOwnAddress } from './hardening.ts';

/** Returns what takes it down again. */
export function bridgeWindow(window: BrowserWindow, host: Host): () => void {
  ipcMain.handle(CALL_WIRE, (event, channel: unknown, request: unknown): Promise<Reply<unknown>> => {
    if (isTrustedSender(event, window)) return host.dispatcher.dispatch(channel, request);
    const error = { code: 'bad-usage', message: 'this page may not call' };
    return Promise.resolve({ ok: false, error });
  });
  const endEvents = host.onEvent((name, value) => {
    if (!window.isDestroyed()) window.webContents.send(EVENT_WIRE, name, value);
  });
  return () => {
    endEvents();
    ipcMain.removeHandler(CALL_WIRE);
  };
}

/** The main frame of the one window, on its own page. */
function isTrustedSender({ sender, senderFrame }: IpcMainInvokeEvent, window: BrowserWindow): boolean {
  return (
    sender === window.webContents &&
    senderFrame !== null &&
    senderFrame === window.webContents.mainFrame &&
    isOwnAddress(senderFrame.url)
  );
}
