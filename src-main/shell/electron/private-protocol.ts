// The window's own scheme. The one file that asks which Electron this is: `protocol.handle` came with 25.

import { type Protocol, protocol } from 'electron';
import type { Site, SiteResponse } from '../site.ts';

export const SCHEME = 'glimpse';
export const ORIGIN = `${SCHEME}://app`;

/** Of Electron before 25. */
interface OlderProtocol {
  registerBufferProtocol(
    scheme: string,
    handler: (
      request: { readonly url: string; readonly method: string },
      callback: (response: {
        statusCode: number;
        headers: Record<string, string>;
        mimeType: string;
        data: Buffer;
      }) => void,
    ) => void,
  ): boolean;
}

/** Before `app` is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** After `app` is ready. `session` is the window's. */
export function serveSite(sessionProtocol: Protocol, site: Site): void {
  const respond = (url: string): Promise<SiteResponse> => site.respond(new URL(url).pathname);
  if (typeof sessionProtocol.handle === 'function') {
    sessionProtocol.handle(SCHEME, async ({ url }) => {
      const { status, headers, body } = await respond(url);
      return new Response(Buffer.from(body), { status, headers });
    });
    return;
  }
  (sessionProtocol as unknown as OlderProtocol).registerBufferProtocol(SCHEME, ({ url }, callback) => {
    void respond(url).then(({ status, headers, body }) =>
      callback({
        statusCode: status,
        headers: { ...headers },
        mimeType: headers['content-type'].split(';')[0],
        data: Buffer.from(body),
      }),
    );
  });
}
