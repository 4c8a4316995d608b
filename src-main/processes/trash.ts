// Deleted runs, models, benchmark results and samples, kept for a week: what was taken away can be put back.

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensure, GlimpseError } from '../common/errors.ts';
import { readJsonFile, writeFileAtomically } from '../common/files.ts';
import { galleryFolder } from '../gallery/gallery-folder.ts';

const KEPT_MS = 7 * 24 * 3600 * 1000;

export type TrashKind = 'run' | 'teacher' | 'benchmark' | 'gallery';

const FOLDERS: Readonly<Record<Exclude<TrashKind, 'gallery'>, string>> = {
  run: 'runs',
  teacher: 'teachers',
  benchmark: 'benchmarks',
};

export class Trash {
  readonly #dataFolder: string;
  readonly #root: string;

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
    this.#root = join(dataFolder, 'trash');
  }

  /** Moves the folder away and returns what `restore` takes. Throws `not-found`. */
  async put(kind: TrashKind, name: string): Promise<string> {
    const folder = this.#folderOf(kind, name);
    ensure(existsSync(folder), 'not-found', `there is no ${kind} ${name}`);
    const item = randomUUID();
    const place = join(this.#root, item);
    await mkdir(place, { recursive: true });
    await writeFileAtomically(join(place, 'item.json'), JSON.stringify({ kind, name }));
    await rename(folder, join(place, 'content'));
    return item;
  }

  /** Throws `not-found`, and `bad-usage` where something of that name has come in the meantime. */
  async restore(item: string): Promise<void> {
    const place = join(this.#root, item);
    const entry = (await readJsonFile(join(place, 'item.json'))) as { kind: TrashKind; name: string } | null;
    if (entry === null) throw new GlimpseError('not-found', 'it is no longer there to be restored');
    const folder = this.#folderOf(entry.kind, entry.name);
    ensure(!existsSync(folder), 'bad-usage', `there is a ${entry.kind} ${entry.name} again: rename it first`);
    await mkdir(dirname(folder), { recursive: true });
    await rename(join(place, 'content'), folder);
    await rm(place, { recursive: true, force: true });
  }

  /** Removes for good what was deleted more than a week before `nowMs`. */
  async empty(nowMs: number): Promise<void> {
    if (!existsSync(this.#root)) return;
    for (const item of await readdir(this.#root)) {
      const place = join(this.#root, item);
      if (nowMs - (await stat(place)).mtimeMs > KEPT_MS) await rm(place, { recursive: true, force: true });
    }
  }

  #folderOf(kind: TrashKind, name: string): string {
    return kind === 'gallery'
      ? galleryFolder(this.#dataFolder, name)
      : join(this.#dataFolder, FOLDERS[kind], name);
  }
}
