// Whose process is at the other end of a loopback connection: the token stands in the browser's command line, where every user of
// the machine can read it.

import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/** `/proc/net/tcp`: local address 1, remote address 2, user 7. */
const [LOCAL, REMOTE, USER] = [1, 2, 7];
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'] as const;
/** A table is read in pieces while other connections come and go: a line may slip between two of them. */
const LOOKS = 5;

/** False where the system says that another user's process has opened the connection; true where nobody can tell (not Linux). Who is gone by now is nobody. */
export function isOwnUser({ localPort, remotePort }: Socket): boolean {
  const self = process.getuid?.();
  if (process.platform !== 'linux' || self === undefined) return true;
  for (let look = 0; look < LOOKS; look++) {
    const tables = TABLES.map(readTable).filter((table) => table !== null);
    if (tables.length === 0) return true;
    for (const table of tables) {
      const user = userOfPeer(table, remotePort ?? 0, localPort ?? 0);
      if (user !== null) return user === self;
    }
  }
  return false;
}

/** The user of the socket that is bound to `from` and connected to `to`; null where the table has none. */
export function userOfPeer(table: string, from: number, to: number): number | null {
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields.length > USER && portOf(fields[LOCAL]) === from && portOf(fields[REMOTE]) === to)
      return Number(fields[USER]);
  }
  return null;
}

/** `0100007F:AF21`. */
function portOf(address: string): number {
  return Number.parseInt(address.slice(address.indexOf(':') + 1), 16);
}

function readTable(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
