// Files that survive a crash: atomic writes, digests, sorted listings, the data folder.

import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ensure, GlimpseError, messageOf, systemCode } from './errors.ts';

/** The per-user folder for everything Glimpse keeps; `GLIMPSE_HOME` overrides it. */
export function dataFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment.GLIMPSE_HOME;
  if (chosen) return resolve(chosen);
  const base = environment.XDG_DATA_HOME || join(homedir(), '.local', 'share');
  return join(base, 'glimpse');
}

/** Everything that can be made again: views, teacher embeddings, mined relations, samples. */
export function cacheFolderOf(dataFolder: string): string {
  return join(dataFolder, 'cache');
}

/** Writes via a temporary file, fsync and rename: afterwards the file is the old one or the new one, never half of it. */
export async function writeFileAtomically(
  path: string,
  chunks: Uint8Array | string | Uint8Array[],
): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'w');
    try {
      for (const chunk of Array.isArray(chunks) ? chunks : [chunks]) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    // Whatever keeps the rest from being removed, the first error is the one to tell.
    await rm(temporary, { force: true }).catch(() => {});
    throw asDiskError(error, path);
  }
}

/** The same for a file that must not be there yet. Throws `bad-usage` where it is. */
export async function writeNewFile(path: string, text: string): Promise<void> {
  ensure(!existsSync(path), 'bad-usage', `${path} exists already: name another file`);
  await writeFileAtomically(path, text);
}

/** Turns a full disk into `disk-full` with the path; other errors come back as they are. */
export function asDiskError(error: unknown, path: string): unknown {
  const code = systemCode(error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EFBIG') return error;
  return new GlimpseError('disk-full', `no space left to write ${path} (${code}): free some and try again`, {
    cause: error,
  });
}

/** SHA-256 of a file as hex, streamed. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

/** SHA-256 of bytes as hex. */
export function sha256(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** The lines of a text file that are not empty, without the blanks around them. Throws `not-found`. */
export async function readLines(path: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new GlimpseError('not-found', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Parses a JSON file; null when it is absent, `bad-data` when it is not JSON. */
export async function readJsonFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GlimpseError('bad-data', `${path} is not valid JSON: ${messageOf(error)}`, { cause: error });
  }
}
