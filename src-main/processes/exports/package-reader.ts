// Takes a package in: every file is copied to a folder of ours, and must be there exactly as the manifest says. What is read
// afterwards is that copy, so that nobody can change it in between.

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ensure, GlimpseError } from '../../common/errors.ts';
import { asDiskError } from '../../common/files.ts';
import type { ProgressToken } from '../../common/progress.ts';
import {
  MANIFEST_NAME,
  type Manifest,
  type PackageFile,
  type PackageFormat,
  parseManifest,
  SUMS_NAME,
  sumsLine,
} from './package-format.ts';
import { archiveError, openPackageSource, type PackageSource, type SourceFile } from './package-sources.ts';

/** A manifest of two million files, and less than a string can hold. */
const LONGEST_MANIFEST = 400 * 2 ** 20;
/** Our archives hold text that becomes some ten times smaller; more than this is made to fill a disk. */
const MOST_INFLATION = 100;
const ALWAYS_ALLOWED_BYTES = 64 * 2 ** 20;

export interface ReceivedPackage {
  readonly manifest: Manifest;
  /** Of manifest.json, hex. */
  readonly manifestSha256: string;
}

/**
 * @param placeOf where a file of the manifest goes; throws for one that such a package does not have
 *
 * The copies are not synced to disk: whoever keeps some does that. Throws `bad-data` for a changed, missing or additional file, a
 * link, an unsafe name, an archive that would swell, and `disk-full` before anything is written where there is no room. Holds the
 * manifest in memory: some 300 MB for a million files.
 */
export async function receivePackage(
  path: string,
  format: PackageFormat,
  placeOf: (file: PackageFile) => string,
  progress: ProgressToken,
): Promise<ReceivedPackage> {
  const source = await openPackageSource(path);
  const text = await readManifest(source);
  const manifestSha256 = createHash('sha256').update(text).digest('hex');
  const manifest = parseManifest(text.toString('utf8'), format, path);
  const places = new Map([...manifest.files.values()].map((file) => [file.path, placeOf(file)]));
  await ensureRoom(source, manifest, [...places.values()][0]);
  const stage = progress.stage('checking files', manifest.files.size, 'files');
  const missing = new Set(manifest.files.keys());
  for await (const file of source.files()) {
    progress.throwIfCancelled();
    if (file.path === MANIFEST_NAME) continue;
    if (file.path === SUMS_NAME) {
      await checkSums(file, manifest, manifestSha256, path);
      continue;
    }
    const known = manifest.files.get(file.path);
    ensure(known !== undefined, 'bad-data', `${path} holds ${file.path}, which its manifest does not name`);
    ensure(missing.delete(file.path), 'bad-data', `${path} holds ${file.path} twice`);
    await copyChecked(file, known, places.get(file.path) as string, path, progress);
    stage.advance();
  }
  const [first] = missing;
  ensure(first === undefined, 'bad-data', `${path} lacks ${first}, which its manifest names`);
  return { manifest, manifestSha256 };
}

async function readManifest(source: PackageSource): Promise<Buffer> {
  for await (const file of source.files()) {
    if (file.path !== MANIFEST_NAME) continue;
    ensure(
      file.bytes <= LONGEST_MANIFEST,
      'bad-data',
      `${source.path} has a manifest of ${file.bytes} bytes, at most ${LONGEST_MANIFEST}`,
    );
    return readWhole(file, source.path);
  }
  throw new GlimpseError('bad-data', `${source.path} has no ${MANIFEST_NAME}: it is no export of Glimpse`);
}

async function ensureRoom(
  source: PackageSource,
  manifest: Manifest,
  somePlace: string | undefined,
): Promise<void> {
  let total = 0;
  for (const { bytes } of manifest.files.values()) total += bytes;
  const { archiveBytes } = source;
  ensure(
    archiveBytes === null || total <= Math.max(ALWAYS_ALLOWED_BYTES, archiveBytes * MOST_INFLATION),
    'bad-data',
    `${source.path} has ${archiveBytes} bytes and would unpack to ${total}: no export swells like that`,
  );
  if (somePlace === undefined) return;
  await mkdir(dirname(somePlace), { recursive: true });
  const { bavail, bsize } = await statfs(dirname(somePlace));
  ensure(
    total <= bavail * bsize,
    'disk-full',
    `${source.path} needs ${total} bytes, and ${bavail * bsize} are free: free some and try again`,
  );
}

/** The sums are the manifest's own digests and its own. */
async function checkSums(
  file: SourceFile,
  manifest: Manifest,
  manifestSha256: string,
  path: string,
): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const known of [...manifest.files.values(), { path: MANIFEST_NAME, sha256: manifestSha256 }]) {
    const line = sumsLine(known);
    bytes += line.length;
    hash.update(line);
  }
  const isSame =
    file.bytes === bytes &&
    createHash('sha256')
      .update(await readWhole(file, path))
      .digest()
      .equals(hash.digest());
  ensure(isSame, 'bad-data', `${path} was changed: ${SUMS_NAME} is not what its manifest says`);
}

async function copyChecked(
  file: SourceFile,
  known: PackageFile,
  place: string,
  path: string,
  progress: ProgressToken,
): Promise<void> {
  const changed = `${path} was changed: ${file.path} is not what its manifest says`;
  ensure(file.bytes === known.bytes, 'bad-data', changed);
  const hash = createHash('sha256');
  let bytes = 0;
  async function* checked(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      progress.throwIfCancelled();
      bytes += chunk.length;
      // An archive may say one size and hold another.
      ensure(bytes <= known.bytes, 'bad-data', changed);
      hash.update(chunk);
      yield chunk;
    }
  }
  await mkdir(dirname(place), { recursive: true });
  const stream = await file.open();
  try {
    await pipeline(stream, checked, createWriteStream(place, { flags: 'wx' }));
  } catch (error) {
    throw readingError(error, path, place);
  }
  ensure(bytes === known.bytes && hash.digest('hex') === known.sha256, 'bad-data', changed);
}

async function readWhole(file: SourceFile, path: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of (await file.open()) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      ensure(bytes <= file.bytes, 'bad-data', `${path} holds more of ${file.path} than it says`);
      parts.push(chunk);
    }
  } catch (error) {
    throw readingError(error, path, path);
  }
  return Buffer.concat(parts);
}

/** What the system refuses keeps its name; what the archive's reader throws is the archive's fault. */
function readingError(error: unknown, path: string, place: string): unknown {
  const asDisk = asDiskError(error, place);
  if (asDisk !== error || error instanceof GlimpseError) return asDisk;
  const isSystem = error instanceof Error && 'syscall' in error;
  return isSystem ? error : archiveError(path, error);
}
