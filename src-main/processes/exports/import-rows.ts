// The rows of a received export into a gallery, some at a time: the caller decides what is a transaction.

import { statSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { ensure, GlimpseError, messageOf } from '../../common/errors.ts';
import { readLines, readPieces, readRecords } from '../../common/line-reader.ts';
import { LONGEST_NPY_HEADER, type NpyHeader, parseNpyHeader } from '../../common/npy.ts';
import type { StageProgress } from '../../common/progress.ts';
import { parseFace, parseSource, parseSubject, parseTrack } from '../../gallery/transfer/parse-lines.ts';
import type { RowPlacer } from '../../gallery/transfer/place-rows.ts';
import type { FaceLine, GalleryHeader, SpaceEntry } from '../../gallery/transfer/rows.ts';
import {
  FACES_NAME,
  SOURCES_NAME,
  SUBJECTS_NAME,
  TRACKS_NAME,
  vectorFacesPath,
  vectorsPath,
} from './gallery-files.ts';

const ROWS_PER_STEP = 2000;

export interface RowsToPlace {
  /** Where the files were received. */
  readonly folder: string;
  readonly header: GalleryHeader;
  /** The gallery's space for each of the export's that is taken in. */
  readonly spaces: ReadonlyMap<SpaceEntry, { readonly id: number; readonly dimension: number }>;
}

/** Yields after every 2,000 rows. Throws `bad-data` with file and line for what is not as it should be. */
export function* placeRows(
  placer: RowPlacer,
  { folder, header, spaces }: RowsToPlace,
  stage: StageProgress,
): Generator<void> {
  const { counts } = header;
  yield* eachLine(folder, SUBJECTS_NAME, counts.subjects, parseSubject, (row) => placer.subject(row), stage);
  yield* eachLine(folder, TRACKS_NAME, counts.tracks, parseTrack, (row) => placer.track(row), stage);
  yield* eachLine(folder, SOURCES_NAME, counts.sources, parseSource, (row) => placer.source(row), stage);
  yield* eachLine(folder, FACES_NAME, counts.faces, parseFace, (row) => placer.face(row), stage);
  for (const [entry, space] of spaces) {
    let rows = 0;
    for (const { faceId, vector } of readVectorRows(folder, entry)) {
      placer.embedding(space, faceId, vector);
      stage.advance();
      if (++rows % ROWS_PER_STEP === 0) yield;
    }
    yield;
  }
}

/** Each face's line, for what has to be known before any row is placed. */
export function* readFaceLines(folder: string): Generator<FaceLine> {
  yield* parsedLines(folder, FACES_NAME, parseFace);
}

/** How many rows `placeRows` will have done. */
export function countRows({ header, spaces }: RowsToPlace): number {
  const { subjects, tracks, sources, faces } = header.counts;
  return [...spaces.keys()].reduce(
    (sum, { embeddings }) => sum + embeddings,
    subjects + tracks + sources + faces,
  );
}

function* eachLine<Row>(
  folder: string,
  name: string,
  expected: number,
  parse: (value: unknown, where: string) => Row,
  place: (row: Row) => void,
  stage: StageProgress,
): Generator<void> {
  let rows = 0;
  for (const row of parsedLines(folder, name, parse)) {
    place(row);
    stage.advance();
    if (++rows % ROWS_PER_STEP === 0) yield;
  }
  ensure(rows === expected, 'bad-data', `${name} has ${rows} lines, and the export says ${expected}`);
  yield;
}

function* parsedLines<Row>(
  folder: string,
  name: string,
  parse: (value: unknown, where: string) => Row,
): Generator<Row> {
  let number = 0;
  for (const line of readLines(join(folder, name))) {
    const where = `${name}, line ${++number}`;
    yield parse(parseJson(line, where), where);
  }
}

function parseJson(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new GlimpseError('bad-data', `${where} is no JSON: ${messageOf(error)}`, { cause: error });
  }
}

function* readVectorRows(
  folder: string,
  { number, dimension, embeddings }: SpaceEntry,
): Generator<{ faceId: number; vector: Float32Array }> {
  const [vectorsName, facesName] = [vectorsPath(number), vectorFacesPath(number)];
  const vectors = headerOf(folder, vectorsName);
  const faces = headerOf(folder, facesName);
  const isExpected =
    vectors.type === '<f4' &&
    faces.type === '<i8' &&
    vectors.shape.join() === `${embeddings},${dimension}` &&
    faces.shape.join() === `${embeddings}`;
  ensure(
    isExpected,
    'bad-data',
    `${vectorsName} and ${facesName} are not the ${embeddings} embeddings of ${dimension} dimensions that the export names`,
  );
  const numbers = readRecords(join(folder, facesName), faces.offset, 8);
  for (const bytes of readRecords(join(folder, vectorsName), vectors.offset, dimension * 4)) {
    const next = numbers.next();
    ensure(!next.done, 'bad-data', `${facesName} ends before ${vectorsName}`);
    yield { faceId: Number(next.value.readBigInt64LE()), vector: toVector(bytes, dimension) };
  }
}

function toVector(bytes: Buffer, dimension: number): Float32Array {
  const copy = Buffer.from(bytes);
  if (endianness() !== 'LE') copy.swap32();
  return new Float32Array(copy.buffer.slice(copy.byteOffset, copy.byteOffset + dimension * 4));
}

function headerOf(folder: string, name: string): NpyHeader {
  const path = join(folder, name);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  ensure(size !== undefined, 'bad-data', `the export lacks ${name}`);
  const [start] = readPieces(path);
  return parseNpyHeader(start?.subarray(0, LONGEST_NPY_HEADER) ?? Buffer.alloc(0), size, name);
}
