// UCCS on disk: CSV tables of boxes and the pictures they speak of, wherever below the folder those lie.

import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ensure, GlimpseError, systemCode } from '../../common/errors.ts';
import { sha256OfFile } from '../../common/files.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { type LeftOut, printable } from '../entries.ts';
import { fingerprintOf, fingerprintOfDigests } from '../identity-folders.ts';
import { listFolderTree } from '../sources/folder-tree.ts';
import type { BoxFace } from './box-faces.ts';
import { type BoxRow, type BoxTable, readBoxTable } from './box-table.ts';

/** A row whose picture was found. */
export interface FoundRow extends BoxRow {
  readonly face: BoxFace;
}

export interface UccsTable {
  /** The CSV's file name. */
  readonly name: string;
  readonly hasSubjects: boolean;
  readonly rows: readonly FoundRow[];
}

export interface UccsFiles {
  readonly tables: readonly UccsTable[];
  readonly leftOut: readonly LeftOut[];
  /** Of the tables and of every picture that a row names. */
  readonly fingerprint: string;
}

/**
 * Reads every CSV directly in the folder and finds the pictures by path, or by name where that is the only one of its kind.
 * Throws `not-found` for an absent folder, `bad-dataset` without a table with boxes or where no row's picture is there.
 */
export async function readUccsFiles(root: string, progress: ProgressToken): Promise<UccsFiles> {
  const names = (await entriesOf(root)).filter((name) => /\.csv$/i.test(name)).sort();
  ensure(
    names.length > 0,
    'bad-dataset',
    `${printable(root)} holds no CSV file: UCCS comes with tables of boxes and ids beside its pictures`,
  );
  const find = await pictureFinder(root);
  const leftOut: LeftOut[] = [];
  const tables: UccsTable[] = [];
  for (const name of names) {
    const table = await readBoxTable(join(root, name));
    leftOut.push(...table.leftOut.map(({ path, reason }) => ({ path: `${name}, ${path}`, reason })));
    tables.push({ name, hasSubjects: table.hasSubjects, rows: foundRows(name, table, find, leftOut) });
  }
  const paths = [...new Set(tables.flatMap(({ rows }) => rows.map(({ face }) => face.path)))].sort();
  ensure(
    paths.length > 0,
    'bad-dataset',
    `${printable(root)} holds none of the pictures that its tables name`,
  );
  const pictures = await fingerprintOf(
    { root: '/', paths: paths.map((path) => path.replace(/^\/+/, '')) },
    progress,
  );
  const digests = await Promise.all(names.map((name) => sha256OfFile(join(root, name))));
  return {
    tables,
    leftOut,
    fingerprint: fingerprintOfDigests([...names, 'pictures'], [...digests, pictures]),
  };
}

function foundRows(
  table: string,
  { rows }: BoxTable,
  find: (written: string) => string | null,
  leftOut: LeftOut[],
): FoundRow[] {
  return rows.flatMap((row): FoundRow[] => {
    const path = find(row.file);
    if (path === null) {
      leftOut.push({ path: `${table}, line ${row.line}: ${printable(row.file)}`, reason: 'is not there' });
      return [];
    }
    return [{ ...row, face: { name: `${table}:${row.line} ${row.file}`, path, box: row.box } }];
  });
}

/** Pictures by their path below the root, or by a name that only one of them has. */
async function pictureFinder(root: string): Promise<(written: string) => string | null> {
  const { items } = await listFolderTree(root, { subjects: 'none' });
  const byName = new Map<string, string | null>();
  const byPath = new Map<string, string>();
  for (const { name, path } of items) {
    byPath.set(name, path);
    byName.set(basename(name), byName.has(basename(name)) ? null : path);
  }
  return (written) => {
    const path = written.replaceAll('\\', '/');
    return byPath.get(path) ?? byName.get(basename(path)) ?? null;
  };
}

async function entriesOf(root: string): Promise<string[]> {
  try {
    return await readdir(root);
  } catch (error) {
    const reason = systemCode(error) === 'ENOTDIR' ? 'is not a folder' : 'does not exist or cannot be read';
    throw new GlimpseError('not-found', `${printable(root)} ${reason}: name the folder of UCCS`, {
      cause: error,
    });
  }
}
