// What lies in a dataset's folder: image names, links that must not lead out of it, names fit to print.

import type { Dirent } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';

const IMAGE_NAME = /\.(jpe?g|png|webp|bmp|tiff?|pgm|ppm)$/i;

/** A file or folder that stands in a dataset but is no part of it, and why. */
export interface LeftOut {
  /** Relative to the dataset's root. */
  readonly path: string;
  readonly reason: string;
}

/** An entry with its links followed, or the reason why it is not followed. */
export type EntryKind =
  | { readonly kind: 'file' | 'folder' }
  | { readonly kind: 'neither'; readonly reason: string };

/** True for the file name endings that Glimpse decodes, in any case. */
export function isImageName(name: string): boolean {
  return IMAGE_NAME.test(name);
}

/** The name without its image ending: `a/b.JPG` → `a/b`. */
export function withoutImageEnding(path: string): string {
  return path.replace(IMAGE_NAME, '');
}

/**
 * Follows an entry's links, but never out of `realBoundary` (a path without links): a dataset from elsewhere
 * must not make Glimpse read the rest of the disk. Pipes, sockets and devices are neither file nor folder.
 */
export async function kindOfEntry(entry: Dirent, path: string, realBoundary: string): Promise<EntryKind> {
  if (entry.isFile()) return { kind: 'file' };
  if (entry.isDirectory()) return { kind: 'folder' };
  if (!entry.isSymbolicLink()) return { kind: 'neither', reason: 'is neither a regular file nor a folder' };
  try {
    const target = await realpath(path);
    if (!isInside(target, realBoundary)) {
      return { kind: 'neither', reason: 'is a link that leaves the dataset' };
    }
    const status = await stat(target);
    if (status.isFile()) return { kind: 'file' };
    if (status.isDirectory()) return { kind: 'folder' };
    return { kind: 'neither', reason: 'is a link to neither a regular file nor a folder' };
  } catch {
    return { kind: 'neither', reason: 'is a broken link' };
  }
}

/** True when `path` is `folder` or lies below it; both without links. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** A name for messages: as it is, or quoted and escaped when it holds control characters, such as a line break. */
export function printable(name: string): string {
  return /\p{C}/u.test(name) ? JSON.stringify(name).replace(/\p{C}/gu, escapeCharacter) : name;
}

function escapeCharacter(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
