// The faces themselves: PNG files named by their own SHA-256, so that a file is what its name says or damaged.

import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ensure } from '../../common/errors.ts';
import { asDiskError } from '../../common/files.ts';

export class CropStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Where a crop lies: `crops/ab/<sha256>.png`. */
  pathOf(digest: Uint8Array): string {
    const name = Buffer.from(digest).toString('hex');
    return join(this.#folder, name.slice(0, 2), `${name}.png`);
  }

  /** Writes the crop unless it is there, durably, and returns its digest. Throws `disk-full`. */
  put(png: Uint8Array): Buffer {
    const digest = createHash('sha256').update(png).digest();
    const path = this.pathOf(digest);
    if (existsSync(path)) return digest;
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      mkdirSync(dirname(path), { recursive: true });
      const file = openSync(temporary, 'wx');
      try {
        writeSync(file, png);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw asDiskError(error, path);
    }
    return digest;
  }

  /** Throws `not-found`, and `bad-data` for a file that is no longer what its name says. */
  read(digest: Uint8Array): Buffer {
    const path = this.pathOf(digest);
    ensure(
      existsSync(path),
      'not-found',
      `${path} is missing: restore the gallery's crops folder from a backup`,
    );
    const png = readFileSync(path);
    const found = createHash('sha256').update(png).digest();
    ensure(
      found.equals(digest),
      'bad-data',
      `${path} is damaged: its content has another SHA-256 than its name`,
    );
    return png;
  }

  remove(digest: Uint8Array): void {
    rmSync(this.pathOf(digest), { force: true });
  }
}
