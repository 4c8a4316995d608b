// One gallery: a folder with a database and the crops, opened by one process at a time.

import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { ensure } from '../common/errors.ts';
import { appendAudit } from './audit/audit-log.ts';
import { asGalleryError, closeDatabase, openDatabase, openReader, openWriter } from './db/connection.ts';
import { CropStore } from './db/crops.ts';
import { CROPS_NAME, DATABASE_NAME, GALLERY_ENDING } from './gallery-folder.ts';
import { finishPurge } from './purge/purge.ts';

/** Who acts, and by which clock; both end up in the audit log. */
export interface Acting {
  readonly actor: string;
  readonly now: () => number;
}

export class Gallery {
  readonly folder: string;
  readonly database: Database;
  readonly crops: CropStore;
  readonly acting: Acting;
  readonly #commitListeners = new Set<() => void>();

  private constructor(folder: string, database: Database, acting: Acting) {
    this.folder = folder;
    this.database = database;
    this.crops = new CropStore(join(folder, CROPS_NAME));
    this.acting = acting;
  }

  /** Makes an empty gallery. Throws `bad-usage` where something is in the way. */
  static create(folder: string, acting: Acting): Gallery {
    ensure(!existsSync(join(folder, DATABASE_NAME)), 'bad-usage', `${folder} already holds a gallery`);
    mkdirSync(join(folder, CROPS_NAME), { recursive: true });
    const database = openDatabase(join(folder, DATABASE_NAME));
    const gallery = new Gallery(folder, database, acting);
    gallery.change(() => {
      const put = database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
      const id = randomUUID();
      put.run('gallery-id', id);
      put.run('created-at', new Date(acting.now()).toISOString());
      // Not its name: that may be a person's, and the log is never purged.
      gallery.record('gallery.created', { gallery: id });
    });
    return gallery;
  }

  /** Opens a gallery, holds it, and ends what a killed purge has left to do. Throws `not-found`, and what `openDatabase` throws. */
  static open(folder: string, acting: Acting): Gallery {
    const path = join(folder, DATABASE_NAME);
    ensure(existsSync(path), 'not-found', `${folder} holds no gallery (no ${DATABASE_NAME})`);
    const gallery = new Gallery(folder, openDatabase(path), acting);
    try {
      finishPurge(gallery);
    } catch (error) {
      gallery.close();
      throw asGalleryError(error, path);
    }
    return gallery;
  }

  /** A second, reading connection of the process that holds the gallery: for long reads on another thread. */
  static openForReading(folder: string, acting: Acting): Gallery {
    return new Gallery(folder, openReader(join(folder, DATABASE_NAME)), acting);
  }

  /** A second, writing connection of the process that holds the gallery, for another thread: nothing else may write meanwhile. */
  static openForWriting(folder: string, acting: Acting): Gallery {
    return new Gallery(folder, openWriter(join(folder, DATABASE_NAME)), acting);
  }

  get name(): string {
    return basename(this.folder).replace(new RegExp(`\\${GALLERY_ENDING}$`), '');
  }

  /** A whole transaction, or nothing of it; SQLite's errors come out with the file's name. */
  change<Result>(work: () => Result): Result {
    let result: Result;
    try {
      result = this.database.transaction(work).immediate();
    } catch (error) {
      throw asGalleryError(error, this.database.name);
    }
    if (!this.database.inTransaction) for (const listener of this.#commitListeners) listener();
    return result;
  }

  /** Calls after every change that was committed. Returns what ends that. */
  onCommit(listener: () => void): () => void {
    this.#commitListeners.add(listener);
    return () => void this.#commitListeners.delete(listener);
  }

  /** Appends to the audit log, in the transaction under way. */
  record(action: string, body: unknown): void {
    appendAudit(this.database, { at: this.acting.now(), actor: this.acting.actor, action, body });
  }

  close(): void {
    closeDatabase(this.database);
  }
}
