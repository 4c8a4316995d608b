// What a window is kept from: other addresses, other windows, permissions, web views, the network.

import type { App, Session, WebContents } from 'electron';
import { ORIGIN } from './private-protocol.ts';

/** The address is the window's own page, in the private scheme. */
export function isOwnAddress(address: string): boolean {
  return address === ORIGIN || address.startsWith(`${ORIGIN}/`);
}

export function hardenSession(session: Session, ownToolsAllowed: boolean): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  // Nothing leaves this machine, whatever a page asks for.
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    const isTool = ownToolsAllowed && url.startsWith('devtools:');
    decide({ cancel: !isTool && !isOwnAddress(url) });
  });
  session.on('will-download', (event) => event.preventDefault());
}

/** Every page that this application ever makes. */
export function hardenContents(app: App): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    // Neither the page's policy nor the session's requests hold these packets.
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
    const stay = (event: { preventDefault(): void }, address: string): void => {
      if (!isOwnAddress(address)) event.preventDefault();
    };
    contents.on('will-navigate', stay);
    contents.on('will-redirect', stay);
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}
