// Where a package's files go: a folder, or one .zip.

import { createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { assert } from '../../common/assert.ts';

export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface PackageSink {
  /** Whether several writes may be under way at once. */
  readonly isParallel: boolean;
  write(path: string, chunks: Chunks): Promise<void>;
  /** Everything on disk. */
  finish(): Promise<void>;
  /** Lets go of what is open; what was written stays to be removed. */
  abandon(): Promise<void>;
}

export async function folderSink(folder: string): Promise<PackageSink> {
  await mkdir(folder, { recursive: true });
  return {
    isParallel: true,
    async write(path, chunks) {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      const file = await open(target, 'wx');
      try {
        for await (const chunk of chunks) await file.writeFile(chunk);
        await file.datasync();
      } finally {
        await file.close();
      }
    },
    finish: async () => {},
    abandon: async () => {},
  };
}

/** yazl looks through all entries for each new one, and the plain format ends here too. */
export const MOST_ZIP_FILES = 65_000;

/** @param at the time that every entry gets, milliseconds since 1970 */
export function zipSink(path: string, at: number): PackageSink {
  const zip = new ZipFile();
  const output = createWriteStream(path, { flags: 'wx', flush: true });
  const written = pipeline(zip.outputStream, output);
  // Whoever waits for it hears of it; a failure before that must not end the process.
  written.catch(() => {});
  const failed = new Promise<never>((_, reject) => {
    zip.on('error', reject);
    written.catch(reject);
  });
  failed.catch(() => {});
  let files = 0;
  return {
    isParallel: false,
    async write(name, chunks) {
      assert(++files <= MOST_ZIP_FILES, 'too many files for one .zip');
      const source = Readable.from(chunks, { objectMode: false });
      // Pictures and embeddings do not get smaller.
      const compress = !/\.(png|jpg|npy)$/.test(name);
      zip.addReadStream(source, name, { mtime: new Date(at), mode: 0o100644, compress });
      await Promise.race([finished(source), failed]);
    },
    async finish() {
      zip.end();
      await Promise.race([written, failed]);
    },
    async abandon() {
      output.destroy();
      await written.catch(() => {});
    },
  };
}
