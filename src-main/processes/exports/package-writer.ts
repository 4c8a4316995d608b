// Writes a package beside its place, digests as it goes, and renames it when manifest and sums are in it.

import { createHash } from 'node:crypto';
import { closeSync, createReadStream, existsSync, openSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensure } from '../../common/errors.ts';
import { asDiskError, readJsonFile } from '../../common/files.ts';
import { moveIntoPlace, stagingFor } from '../../common/staging.ts';
import { mapInFlight } from '../../datasets/in-flight.ts';
import {
  ensureSafePath,
  MANIFEST_NAME,
  PACKAGE_VERSION,
  type PackageFile,
  type PackageFormat,
  SUMS_NAME,
  sumsLine,
} from './package-format.ts';
import { type Chunks, folderSink, type PackageSink, zipSink } from './package-sinks.ts';

const FILES_IN_FLIGHT = 16;
const LINES_PER_WRITE = 500;

export interface PackageOptions {
  readonly format: PackageFormat;
  /** Put a package of the same format in the place of one that is there. */
  readonly force: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface PackageReport {
  readonly target: string;
  readonly files: number;
  readonly bytes: number;
  /** Of manifest.json, hex: written down elsewhere, it vouches for the whole package. */
  readonly manifestSha256: string;
}

export function isZipPath(target: string): boolean {
  return /\.zip$/i.test(target);
}

/**
 * Runs `write` and makes the package, or leaves nothing. A target that ends in .zip becomes one file. Throws `bad-usage` where
 * something is in the way, `disk-full`.
 */
export async function writePackage(
  target: string,
  options: PackageOptions,
  write: (writer: PackageWriter) => Promise<void>,
): Promise<PackageReport> {
  await ensureFree(target, options);
  const staging = await stagingFor(target);
  const list = await stagingFor(`${target}.list`);
  const isZip = isZipPath(target);
  const sink = isZip ? zipSink(staging, options.at) : await folderSink(staging);
  const writer = new PackageWriter(sink, list);
  try {
    await write(writer);
    const report = await writer.finish(options);
    await moveIntoPlace(staging, target, { replace: options.force });
    return { target, ...report };
  } catch (error) {
    await sink.abandon();
    await rm(staging, { recursive: true, force: true });
    throw asDiskError(error, target);
  } finally {
    writer.close();
    await rm(list, { force: true });
  }
}

/** Never over anything; with `force` over a package of the same format alone. */
export async function ensureFree(
  target: string,
  { format, force }: Omit<PackageOptions, 'at'>,
): Promise<void> {
  if (!existsSync(target)) return;
  ensure(force, 'bad-usage', `${target} exists already: name another place, or add --force to replace it`);
  const isFolder = statSync(target).isDirectory();
  ensure(
    isFolder !== isZipPath(target),
    'bad-usage',
    `${target} is ${isFolder ? 'a folder' : 'a file'}: it is not replaced`,
  );
  if (!isFolder) return;
  const manifest = (await readJsonFile(join(target, MANIFEST_NAME))) as { format?: unknown } | null;
  ensure(
    manifest?.format === format,
    'bad-usage',
    `${target} is a folder of something else: --force replaces earlier exports only`,
  );
}

export class PackageWriter {
  readonly #sink: PackageSink;
  readonly #listPath: string;
  /** One line of JSON per file: a million of them are not kept in memory. */
  readonly #list: number;
  #pending: string[] = [];
  #files = 0;
  #bytes = 0;

  constructor(sink: PackageSink, listPath: string) {
    this.#sink = sink;
    this.#listPath = listPath;
    this.#list = openSync(listPath, 'wx');
  }

  /** Streams one file. */
  async add(path: string, content: Chunks | string | Uint8Array): Promise<void> {
    ensureSafePath(path, 'an export');
    const chunks =
      typeof content === 'string'
        ? [Buffer.from(content)]
        : content instanceof Uint8Array
          ? [content]
          : content;
    const hash = createHash('sha256');
    let bytes = 0;
    async function* digested(): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    }
    await this.#sink.write(path, digested());
    this.#files++;
    this.#bytes += bytes;
    this.#note({ path, bytes, sha256: hash.digest('hex') });
  }

  /** Many small files: in a folder several at once, as it is the disk that takes time. */
  async addAll(files: readonly { readonly path: string; readonly content: Uint8Array }[]): Promise<void> {
    const lanes = this.#sink.isParallel ? FILES_IN_FLIGHT : 1;
    await mapInFlight(files, lanes, ({ path, content }) => this.add(path, content));
  }

  async finish({ format, at }: PackageOptions): Promise<Omit<PackageReport, 'target'>> {
    this.#flush();
    const [files, bytes] = [this.#files, this.#bytes];
    const hash = createHash('sha256');
    const noted = this.#noted.bind(this);
    async function* manifest(): AsyncGenerator<Buffer> {
      const head = { format, version: PACKAGE_VERSION, createdAt: new Date(at).toISOString() };
      yield Buffer.from(`${JSON.stringify(head).slice(0, -1)},"files":[`);
      let separator = '\n';
      for await (const line of noted()) {
        yield Buffer.from(`${separator}${line}`);
        separator = ',\n';
      }
      yield Buffer.from('\n]}\n');
    }
    async function* hashed(): AsyncGenerator<Buffer> {
      for await (const chunk of manifest()) {
        hash.update(chunk);
        yield chunk;
      }
    }
    await this.#sink.write(MANIFEST_NAME, hashed());
    const manifestSha256 = hash.digest('hex');
    async function* sums(): AsyncGenerator<Buffer> {
      for await (const line of noted()) yield Buffer.from(sumsLine(JSON.parse(line) as PackageFile));
      yield Buffer.from(sumsLine({ path: MANIFEST_NAME, sha256: manifestSha256 }));
    }
    await this.#sink.write(SUMS_NAME, sums());
    await this.#sink.finish();
    return { files, bytes, manifestSha256 };
  }

  close(): void {
    closeSync(this.#list);
  }

  #note(file: PackageFile): void {
    this.#pending.push(`${JSON.stringify(file)}\n`);
    if (this.#pending.length >= LINES_PER_WRITE) this.#flush();
  }

  #flush(): void {
    writeFileSync(this.#list, this.#pending.join(''));
    this.#pending = [];
  }

  #noted(): AsyncIterable<string> {
    return createInterface({ input: createReadStream(this.#listPath), crlfDelay: Number.POSITIVE_INFINITY });
  }
}
