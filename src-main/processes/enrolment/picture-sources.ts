// What was named as pictures to enrol: a folder, a manifest, a list, or the files themselves.

import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { ensure } from '../../common/errors.ts';
import { listFolderTree } from '../../datasets/sources/folder-tree.ts';
import { readImageList } from '../../datasets/sources/image-list.ts';
import { readManifest } from '../../datasets/sources/manifest.ts';
import { type SourceList, UNKNOWN_ORIGIN } from '../../datasets/sources/source-item.ts';

export type PictureSourceKind = 'folder' | 'manifest' | 'list' | 'images';

export interface PictureOptions {
  readonly subjects: 'folder' | 'none';
  /** A list may name pictures outside its own folder. */
  readonly anywhere: boolean;
  /** Of every picture whose manifest names none. */
  readonly camera: string | null;
}

export interface PictureSource {
  readonly kind: PictureSourceKind;
  readonly root: string;
  readonly list: SourceList;
}

/** What was named: an unfinished import of the same kind and root is gone on with. */
export function describePictureSource(sources: readonly string[]): Pick<PictureSource, 'kind' | 'root'> {
  const [first, ...others] = sources;
  if (others.length > 0) return { kind: 'images', root: sources.join('\n') };
  if (isFolder(first)) return { kind: 'folder', root: first };
  if (/\.(csv|json)$/i.test(first)) return { kind: 'manifest', root: first };
  if (/\.txt$/i.test(first)) return { kind: 'list', root: first };
  return { kind: 'images', root: first };
}

/** Throws `not-found` for what is not there, and what the readers throw. */
export async function readPictureSource(
  sources: readonly string[],
  options: PictureOptions,
): Promise<PictureSource> {
  const { kind, root } = describePictureSource(sources);
  const list = await listSource(kind, sources, options);
  const items = list.items.map((item) => ({ ...item, camera: item.camera ?? options.camera }));
  return { kind, root, list: { items, leftOut: list.leftOut } };
}

async function listSource(
  kind: PictureSourceKind,
  sources: readonly string[],
  { subjects, anywhere }: PictureOptions,
): Promise<SourceList> {
  const [first] = sources;
  if (kind === 'folder') return listFolderTree(first, { subjects });
  if (kind === 'manifest') return readManifest(first);
  if (kind === 'list') return readImageList(first, { anywhere });
  const items = sources.map((path) => {
    ensure(
      statSync(path, { throwIfNoEntry: false })?.isFile(),
      'not-found',
      `${path} is neither a picture nor a folder`,
    );
    return { ...UNKNOWN_ORIGIN, path, name: basename(path) };
  });
  return { items, leftOut: [] };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
