// The faces themselves: PNG files named by their own SHA-256, so that a file is what its name says or damaged.

import { createHash, randomUUID } from 'node:crypto';
import { type Dirent, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensure, systemCode } from '../../common/errors.ts';
import { asDiskError } from '../../common/files.ts';
import type { ProgressToken } from '../../common/progress.ts';

/** Waiting for the disk is what takes time: several files wait at once. */
const WRITES_IN_FLIGHT = 16;
const CROP_NAME = /^([0-9a-f]{64})\.png$/;

function readFilesUnder(folder: string): Dirent[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => !entry.isDirectory(),
  );
}

/** Its folder is there already but for the first crop of 256. */
async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true });
    return open(path, 'wx');
  }
}

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

  /** Writes crops that are not there yet, durably, and returns their digests in order. Throws `disk-full`. */
  async putAll(pngs: readonly Uint8Array[]): Promise<Buffer[]> {
    const digests = pngs.map((png) => createHash('sha256').update(png).digest());
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < pngs.length) {
        const index = next++;
        await this.#write(this.pathOf(digests[index]), pngs[index]);
      }
    };
    await Promise.all(Array.from({ length: WRITES_IN_FLIGHT }, lane));
    return digests;
  }

  async #write(path: string, png: Uint8Array): Promise<void> {
    if (existsSync(path)) return;
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      const file = await openNew(temporary);
      try {
        await file.writeFile(png);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw asDiskError(error, path);
    }
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

  /** Removes every file that is not a crop of which `isNamed` is true, half-written ones too; folder by folder, of which there are 256. */
  sweep(isNamed: (digest: Buffer) => boolean, progress: ProgressToken): void {
    if (!existsSync(this.#folder)) return;
    const folders = readdirSync(this.#folder, { withFileTypes: true });
    const stage = progress.stage('removing crops', folders.length, 'folders');
    for (const entry of folders) {
      const inside = entry.isDirectory() ? readFilesUnder(join(entry.parentPath, entry.name)) : [entry];
      for (const { name, parentPath } of inside) {
        const digest = CROP_NAME.exec(name)?.[1];
        if (digest === undefined || !isNamed(Buffer.from(digest, 'hex'))) rmSync(join(parentPath, name));
      }
      stage.advance();
    }
  }

  remove(digest: Uint8Array): void {
    rmSync(this.pathOf(digest), { force: true });
  }
}
