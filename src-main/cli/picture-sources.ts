// What was named on the command line as pictures: a folder, a manifest, a list, or the files themselves.

import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { ensure } from '../common/errors.ts';
import { listFolderTree } from '../datasets/sources/folder-tree.ts';
import { readImageList } from '../datasets/sources/image-list.ts';
import { readManifest } from '../datasets/sources/manifest.ts';
import { type SourceList, UNKNOWN_ORIGIN } from '../datasets/sources/source-item.ts';
import type { EnrolRequest } from '../processes/enrolment/enrol-job.ts';

export interface PictureOptions {
  readonly subjects: 'folder' | 'none';
  /** A list may name pictures outside its own folder. */
  readonly anywhere: boolean;
}

/** Throws `not-found` for what is not there, and what the readers throw. */
export async function readPictures(
  sources: readonly string[],
  { subjects, anywhere }: PictureOptions,
): Promise<{ kind: EnrolRequest['kind']; root: string; list: SourceList }> {
  const [first, ...others] = sources;
  const isOne = others.length === 0;
  if (isOne && /\.(csv|json)$/i.test(first))
    return { kind: 'manifest', root: first, list: await readManifest(first) };
  if (isOne && /\.txt$/i.test(first))
    return { kind: 'list', root: first, list: await readImageList(first, { anywhere }) };
  if (isOne && statSync(first, { throwIfNoEntry: false })?.isDirectory())
    return { kind: 'folder', root: first, list: await listFolderTree(first, { subjects }) };
  const items = sources.map((path) => {
    ensure(
      statSync(path, { throwIfNoEntry: false })?.isFile(),
      'not-found',
      `${path} is neither a picture nor a folder`,
    );
    return { ...UNKNOWN_ORIGIN, path, name: basename(path) };
  });
  return { kind: 'images', root: sources.join('\n'), list: { items, leftOut: [] } };
}
