// Whose process is at the other end of a loopback connection: the token stands in the browser's command line, where every user of
// the machine can read it.

import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/** `/proc/net/tcp`: local address 1, remote address 2, user 7. */
const [LOCAL, REMOTE, USER] = [1, 2, 7];
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'] as const;

/** False where the system says that another user's process has opened the connection; true where nobody can tell (not Linux). */
export function isOwnUser({ localPort, remotePort }: Socket): boolean {
  const self = process.getuid?.();
  if (process.platform !== 'linux' || self === undefined) return true;
  const tables = TABLES.map(readTable).filter((table) => table !== null);
  if (tables.length === 0) return true;
  return tables.some((table) => userOfPeer(table, remotePort ?? 0, localPort ?? 0) === self);
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
