// The faces themselves: PNG or JPEG files named by their own SHA-256, so that a file is what its name says or damaged.

import { createHash } from 'node:crypto';
import { copyFileSync, type Dirent, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensure, systemCode } from '../../common/errors.ts';
import { asDiskError, writeFileAtomically } from '../../common/files.ts';
import type { ProgressToken } from '../../common/progress.ts';

/** Waiting for the disk is what takes time: several files wait at once. */
const WRITES_IN_FLIGHT = 16;
const CROP_NAME = /^([0-9a-f]{64})\.(png|jpg)$/;

const ENDINGS = ['png', 'jpg'] as const;
type Ending = (typeof ENDINGS)[number];

/** JPEG begins with these bytes; whatever else a gallery is given is PNG. */
function endingOf(content: Uint8Array): Ending {
  return content[0] === 0xff && content[1] === 0xd8 ? 'jpg' : 'png';
}

function nameWith(digest: Uint8Array, ending: Ending): string {
  const hex = Buffer.from(digest).toString('hex');
  return `${hex.slice(0, 2)}/${hex}.${ending}`;
}

function readFilesUnder(folder: string): Dirent[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => !entry.isDirectory(),
  );
}

/** Null where there is such a file. Its folder is there already but for the first crop of 256. */
async function openNew(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return null;
    if (systemCode(error) !== 'ENOENT') throw asDiskError(error, path);
    await mkdir(dirname(path), { recursive: true });
    return openNew(path);
  }
}

async function writeDurably(file: FileHandle, content: Uint8Array): Promise<void> {
  try {
    await file.writeFile(content);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Whoever wrote it may have been killed before the disk had it. */
async function isThereDurably(path: string, content: Uint8Array): Promise<boolean> {
  const file = await open(path, 'r+');
  try {
    const isWhole = (await file.readFile()).equals(content);
    if (isWhole) await file.datasync();
    return isWhole;
  } finally {
    await file.close();
  }
}

export class CropStore {
  readonly #folder: string;
  /** By path: what somebody else puts at the same time is neither taken for damaged nor removed with what could not be written. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What a crop is called below its folder: `ab/<sha256>.png` or `.jpg`; the former where there is none. */
  nameOf(digest: Uint8Array): string {
    const names = ENDINGS.map((ending) => nameWith(digest, ending));
    return names.find((name) => existsSync(join(this.#folder, name))) ?? names[0];
  }

  pathOf(digest: Uint8Array): string {
    return join(this.#folder, this.nameOf(digest));
  }

  has(digest: Uint8Array): boolean {
    return existsSync(this.pathOf(digest));
  }

  /** Writes crops that are not there yet, durably, and returns their digests in order. Throws `disk-full`. */
  async putAll(files: readonly Uint8Array[]): Promise<Buffer[]> {
    const digests = files.map((file) => createHash('sha256').update(file).digest());
    const waiting = files.entries();
    const lane = async (): Promise<void> => {
      for (const [at, file] of waiting)
        await this.#writeInTurn(join(this.#folder, nameWith(digests[at], endingOf(file))), file);
    };
    await Promise.all(Array.from({ length: WRITES_IN_FLIGHT }, lane));
    return digests;
  }

  async #writeInTurn(path: string, content: Uint8Array): Promise<void> {
    for (let other = this.#underWay.get(path); other !== undefined; other = this.#underWay.get(path))
      await other.catch(() => {});
    const writing = this.#write(path, content);
    this.#underWay.set(path, writing);
    try {
      await writing;
    } finally {
      this.#underWay.delete(path);
    }
  }

  /**
   * Under its own name from the start, without another name that it would be moved from (EXPERIMENTS.md): a crop counts once a row
   * names it. What a kill has left half written, or somebody has damaged, is replaced.
   */
  async #write(path: string, content: Uint8Array): Promise<void> {
    const file = await openNew(path);
    if (file === null) {
      if (!(await isThereDurably(path, content))) await writeFileAtomically(path, content);
      return;
    }
    try {
      await writeDurably(file, content);
    } catch (error) {
      await rm(path, { force: true });
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
    const content = readFileSync(path);
    const found = createHash('sha256').update(content).digest();
    ensure(
      found.equals(digest),
      'bad-data',
      `${path} is damaged: its content has another SHA-256 than its name`,
    );
    return content;
  }

  /** Into another store; read first, so that a damaged crop is not copied as if it were whole. */
  copy(digest: Uint8Array, to: CropStore): void {
    this.read(digest);
    const name = this.nameOf(digest);
    const target = join(to.#folder, name);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(this.#folder, name), target);
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
    for (const ending of ENDINGS) rmSync(join(this.#folder, nameWith(digest, ending)), { force: true });
  }
}
