// Who may come in through the loopback port: one token, once, for one session; only this host, only this origin.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const COOKIE = 'glimpse-session';
const SECRET_BYTES = 32;

export class Door {
  readonly #port: number;
  readonly #session = randomBytes(SECRET_BYTES).toString('base64url');
  #token: string | null = randomBytes(SECRET_BYTES).toString('base64url');

  constructor(port: number) {
    this.#port = port;
  }

  /** Where the one window opens. */
  get address(): string {
    return `http://127.0.0.1:${this.#port}/?token=${this.#token}`;
  }

  /** A page elsewhere that has made its name point here says so by its host. */
  isOwnHost({ headers }: IncomingMessage): boolean {
    return headers.host === `127.0.0.1:${this.#port}`;
  }

  /** A browser names the origin of whatever is not a plain look; other sites are kept from reading either way. */
  isOwnOrigin({ headers }: IncomingMessage): boolean {
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
    return headers.origin === undefined || headers.origin === `http://127.0.0.1:${this.#port}`;
  }

  hasSession({ headers }: IncomingMessage): boolean {
    const cookies = (headers.cookie ?? '').split(';').map((part) => part.trim());
    return cookies.some((part) => {
      const [name, value = ''] = part.split('=');
      return name === COOKIE && isSame(value, this.#session);
    });
  }

  /** The session's cookie for the token, which is worth nothing afterwards; null for any other. */
  exchange(token: string): string | null {
    if (this.#token === null || !isSame(token, this.#token)) return null;
    this.#token = null;
    return `${COOKIE}=${this.#session}; HttpOnly; SameSite=Strict; Path=/`;
  }
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
