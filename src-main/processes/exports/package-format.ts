// Packages: a folder or .zip of files with a manifest of their sizes and SHA-256 digests. The names and lines that both ends agree on.

import { ensure } from '../../common/errors.ts';
import { printable } from '../../datasets/entries.ts';

export const MANIFEST_NAME = 'manifest.json';
/** For `sha256sum -c SHA256SUMS`, inside the package. */
export const SUMS_NAME = 'SHA256SUMS';

export interface PackageFile {
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** What a package holds; a reader of one refuses the other. */
export type PackageFormat = 'glimpse-case' | 'glimpse-gallery';
/** 2: crops may be JPEG. */
export const PACKAGE_VERSION = 2;

export interface Manifest {
  readonly format: PackageFormat;
  readonly version: number;
  readonly files: ReadonlyMap<string, PackageFile>;
}

const LONGEST_PATH = 200;
const SAFE_PATH = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;
const SHA256_HEX = /^[0-9a-f]{64}$/;

/** Throws `bad-data` for a name that could lead out of the package, or that no package of ours has. */
export function ensureSafePath(path: string, where: string): void {
  ensure(
    path.length <= LONGEST_PATH && SAFE_PATH.test(path),
    'bad-data',
    `${where} holds a file named ${printable(path.slice(0, LONGEST_PATH))}: names are plain words with "/" between them, relative and without ".."`,
  );
}

/** Whether two names are one on a file system that does not tell case apart. */
export function foldedPath(path: string): string {
  return path.toLowerCase();
}

export function sumsLine({ path, sha256 }: Pick<PackageFile, 'path' | 'sha256'>): string {
  return `${sha256}  ${path}\n`;
}

/** Checks everything that will be relied on. Throws `bad-data`, `unsupported` for a newer package. */
export function parseManifest(text: string, format: PackageFormat, where: string): Manifest {
  const wrong = `${where} has no manifest of a ${format === 'glimpse-case' ? 'case' : 'gallery'} that Glimpse has exported`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    ensure(false, 'bad-data', `${wrong}: it is no JSON`);
  }
  const { format: found, version, files } = (value ?? {}) as Record<string, unknown>;
  ensure(found === format && typeof version === 'number' && Array.isArray(files), 'bad-data', wrong);
  ensure(
    Number.isInteger(version) && version >= 1 && version <= PACKAGE_VERSION,
    'unsupported',
    `${where} has version ${version}, and this Glimpse knows up to ${PACKAGE_VERSION}: import it with a newer Glimpse`,
  );
  const known = new Map<string, PackageFile>();
  const folded = new Set<string>([foldedPath(MANIFEST_NAME), foldedPath(SUMS_NAME)]);
  for (const entry of files) {
    const { path, bytes, sha256 } = (entry ?? {}) as Record<string, unknown>;
    const isEntry =
      typeof path === 'string' &&
      typeof sha256 === 'string' &&
      SHA256_HEX.test(sha256) &&
      typeof bytes === 'number' &&
      Number.isSafeInteger(bytes) &&
      bytes >= 0;
    ensure(isEntry, 'bad-data', `${wrong}: its entry ${known.size + 1} lacks path, bytes or sha256`);
    ensureSafePath(path, `the manifest of ${where}`);
    ensure(!folded.has(foldedPath(path)), 'bad-data', `the manifest of ${where} names ${path} twice`);
    folded.add(foldedPath(path));
    known.set(path, { path, bytes, sha256 });
  }
  return { format, version, files: known };
}
