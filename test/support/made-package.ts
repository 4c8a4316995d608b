// Packages that somebody has meddled with: read, changed, and written with manifest and sums that fit again, or do not.

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { writeFiles } from './tiny-png.ts';

export type Files = Map<string, Buffer>;

export async function readFolder(folder: string): Promise<Files> {
  const files: Files = new Map();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1), await readFile(path));
  }
  return files;
}

/** With manifest and sums made anew, so that only what is in the files can be refused. */
export function resealed(files: Files, format = 'glimpse-gallery'): Files {
  const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  const named = [...files].filter(([path]) => path !== 'manifest.json' && path !== 'SHA256SUMS');
  const entries = named.map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: digest(bytes) }));
  const manifest = Buffer.from(JSON.stringify({ format, version: 1, files: entries }));
  const lines = [...entries, { path: 'manifest.json', sha256: digest(manifest) }];
  const sums = Buffer.from(lines.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join(''));
  return new Map([...named, ['manifest.json', manifest], ['SHA256SUMS', sums]]);
}

export async function writeFolder(folder: string, files: Files): Promise<void> {
  await writeFiles(folder, Object.fromEntries(files));
}

export interface ZipOptions {
  /** Names as they shall stand in the archive, whatever they are: of the same length as the ones they replace. */
  readonly renamed?: Readonly<Record<string, string>>;
  readonly modes?: Readonly<Record<string, number>>;
  readonly compress?: boolean;
}

/** A real archive. yazl refuses unsafe names, as it should; so they are put into the finished bytes. */
export async function writeZip(path: string, files: Files, options: ZipOptions = {}): Promise<void> {
  const zip = new ZipFile();
  for (const [name, bytes] of files)
    zip.addBuffer(bytes, name, {
      compress: options.compress ?? false,
      mode: options.modes?.[name] ?? 0o100644,
    });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream as AsyncIterable<Buffer>) chunks.push(chunk);
  const archive = Buffer.concat(chunks);
  for (const [from, to] of Object.entries(options.renamed ?? {})) {
    if (from.length !== to.length) throw new Error(`${from} and ${to} differ in length`);
    for (let at = archive.indexOf(from); at >= 0; at = archive.indexOf(from, at + 1))
      archive.write(to, at, 'latin1');
  }
  await pipeline([archive], createWriteStream(path));
}
