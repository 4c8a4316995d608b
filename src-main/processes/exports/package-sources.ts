// The files of a package that somebody brings, one after another: from a folder without links, or from a .zip.

import { constants, type Dirent } from 'node:fs';
import { opendir, open as openFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Entry, openPromise } from 'yauzl';
import { ensure, GlimpseError, messageOf, systemCode } from '../../common/errors.ts';
import { printable } from '../../datasets/entries.ts';
import { ensureSafePath } from './package-format.ts';

export interface SourceFile {
  readonly path: string;
  /** As the folder or the archive says. */
  readonly bytes: number;
  open(): Promise<Readable>;
}

export interface PackageSource {
  readonly path: string;
  /** Of all its files as they lie there, compressed in an archive; null for a folder. */
  readonly archiveBytes: number | null;
  /** Each time from the start. Throws `bad-data` for links, devices, encrypted entries, unsafe names. */
  files(): AsyncIterable<SourceFile>;
}

/** Throws `not-found`. */
export async function openPackageSource(path: string): Promise<PackageSource> {
  try {
    const about = await stat(path);
    if (about.isDirectory()) return { path, archiveBytes: null, files: () => folderFiles(path, '') };
    return { path, archiveBytes: about.size, files: () => zipFiles(path) };
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new GlimpseError('not-found', `${path} does not exist`, { cause: error });
  }
}

async function* folderFiles(root: string, below: string): AsyncGenerator<SourceFile> {
  const entries: Dirent[] = [];
  for await (const entry of await opendir(join(root, below))) entries.push(entry);
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    ensureSafePath(path, root);
    if (entry.isDirectory()) {
      yield* folderFiles(root, path);
      continue;
    }
    ensure(entry.isFile(), 'bad-data', `${root} holds ${path}, which is a link or no plain file`);
    const full = join(root, path);
    yield {
      path,
      bytes: (await stat(full)).size,
      open: async () => {
        // A file that has become a link since is not followed.
        const file = await openFile(full, constants.O_RDONLY | constants.O_NOFOLLOW);
        return file.createReadStream();
      },
    };
  }
}

const FILE_TYPE = 0o170000;
const PLAIN_FILE = 0o100000;

async function* zipFiles(path: string): AsyncGenerator<SourceFile> {
  const options = { lazyEntries: true, autoClose: false, strictFileNames: true, validateEntrySizes: true };
  const zip = await openPromise(path, options).catch((error: unknown) => {
    throw archiveError(path, error);
  });
  try {
    for (;;) {
      const entry = await nextEntry(zip, path);
      if (entry === null) return;
      const { fileName, uncompressedSize: bytes } = entry;
      ensureSafePath(fileName.replace(/\/$/, ''), path);
      ensure(!entry.isEncrypted(), 'bad-data', `${path} holds ${fileName}, which is encrypted`);
      // The upper half is the file's mode where the archive was made on a Unix system.
      const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
      const isFolder = fileName.endsWith('/');
      if (isFolder) continue;
      ensure(
        type === 0 || type === PLAIN_FILE,
        'bad-data',
        `${path} holds ${printable(fileName)}, which is a link or no plain file`,
      );
      yield {
        path: fileName,
        bytes,
        open: async () => {
          try {
            return await zip.openReadStreamPromise(entry);
          } catch (error) {
            throw archiveError(path, error);
          }
        },
      };
    }
  } finally {
    zip.close();
  }
}

type OpenZip = Awaited<ReturnType<typeof openPromise>>;

function nextEntry(zip: OpenZip, path: string): Promise<Entry | null> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      zip.off('entry', onEntry).off('end', onEnd).off('error', onError);
    };
    const onEntry = (entry: Entry): void => {
      settle();
      resolve(entry);
    };
    const onEnd = (): void => {
      settle();
      resolve(null);
    };
    const onError = (error: unknown): void => {
      settle();
      reject(archiveError(path, error));
    };
    zip.once('entry', onEntry).once('end', onEnd).once('error', onError);
    zip.readEntry();
  });
}

export function archiveError(path: string, error: unknown): GlimpseError {
  if (error instanceof GlimpseError) return error;
  const reason = printable(messageOf(error).replace(/\s+/g, ' '));
  return new GlimpseError('bad-data', `${path} is no usable .zip: ${reason}`, { cause: error });
}
