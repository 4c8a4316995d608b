// A process that opens a gallery's database and holds it until it is killed.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../src-main/gallery/db/connection.ts';

export interface Holding {
  readonly pid: number;
  kill(): Promise<void>;
}

/** Resolves once the file is held. */
export async function holdGallery(path: string): Promise<Holding> {
  const child = fork(fileURLToPath(import.meta.url), [path]);
  await once(child, 'message');
  return {
    pid: child.pid as number,
    kill: async () => {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  openDatabase(process.argv[2]);
  process.send?.('held');
  setInterval(() => {}, 1_000_000);
}
