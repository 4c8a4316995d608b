// Makes a gallery file of many synthetic faces, for benchmarks: the rows that enrolment would have written, without pictures.

import { crc32 } from 'node:zlib';
import { normalise } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { Rng } from '../../common/rng.ts';
import { activateSpace, ensureSpace, type Space } from '../db/queries/spaces.ts';
import { toBlob } from '../db/vectors.ts';
import type { Gallery } from '../gallery.ts';

export interface BenchGalleryOptions {
  readonly faces: number;
  readonly dimension: number;
  readonly seed: number;
}

/** One camera in a hundred is asked for by the filtered search. */
export const BENCH_CAMERAS = 100;
/** One face in fifty is of a known subject, five faces each; the others are unknown, each a track of its own. */
const KNOWN_SHARE = 50;
const FACES_PER_SUBJECT = 5;
const FACES_PER_COMMIT = 2000;

/** Fills an empty gallery and makes its space the one that answers. */
export function fillBenchGallery(
  gallery: Gallery,
  options: BenchGalleryOptions,
  progress: ProgressToken,
): Space {
  const { faces, dimension, seed } = options;
  const { database } = gallery;
  const space = gallery.change(() => ensureSpace(database, benchSpace(dimension), gallery.acting.now()));
  const add = benchFaceWriter(gallery, space);
  const stage = progress.stage('making a gallery', faces, 'faces');
  // A benchmark's own file: a crash may cost it.
  database.pragma('synchronous = OFF');
  for (let first = 0; first < faces; first += FACES_PER_COMMIT) {
    progress.throwIfCancelled();
    const count = Math.min(FACES_PER_COMMIT, faces - first);
    gallery.change(() => {
      for (let number = first; number < first + count; number++)
        add(number, benchVector(seed, number, dimension));
    });
    stage.advance(count);
  }
  gallery.change(() => activateSpace(database, space.id));
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.pragma('synchronous = FULL');
  return space;
}

/** Writes one face with its track and source in the caller's transaction, and returns its number in the gallery. */
export function benchFaceWriter(
  { database, acting }: Gallery,
  space: Space,
): (number: number, vector: Float32Array) => number {
  const insert = (sql: string): ((...values: unknown[]) => number) => {
    const statement = database.prepare(sql);
    return (...values) => Number(statement.run(...values).lastInsertRowid);
  };
  const source = insert(
    `INSERT INTO sources (sha256, path, kind, width, height, enrolled_at) VALUES (?, ?, 'crop', 112, 112, ?)`,
  );
  const camera = database.prepare('INSERT INTO cameras (id, name) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const subject = database.prepare(
    'INSERT INTO subjects (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const track = insert(
    `INSERT INTO tracks (subject_id, camera_id, origin, created_at) VALUES (?, ?, 'single', ?)`,
  );
  const face = insert(
    `INSERT INTO faces (track_id, source_id, face_index, box_x, box_y, box_width, box_height, crop, size_px, sharpness, weight,
       reasons, captured_at, created_at) VALUES (?, ?, 0, 0, 0, 112, 112, ?, ?, 100, ?, '[]', ?, ?)`,
  );
  const embedding = insert(
    'INSERT INTO embeddings (space_id, face_id, vector, checksum) VALUES (?, ?, ?, ?)',
  );
  return (number, vector) => {
    const at = acting.now();
    const digest = Buffer.alloc(32);
    digest.writeUInt32LE(number);
    const isKnown = number % KNOWN_SHARE === 0;
    const subjectId = 1 + Math.floor(number / KNOWN_SHARE / FACES_PER_SUBJECT);
    const cameraId = 1 + (number % BENCH_CAMERAS);
    camera.run(cameraId, `camera ${cameraId}`);
    if (isKnown) subject.run(subjectId, `subject ${subjectId}`, at);
    const sourceId = source(digest, `camera-${cameraId}/${number}.jpg`, at);
    const trackId = track(isKnown ? subjectId : null, cameraId, at);
    const sizePx = 12 + (number % 40);
    const weight = 0.2 + (number % 80) / 100;
    const capturedAt = Date.UTC(2026, 0, 1) + number * 1000;
    const faceId = face(trackId, sourceId, digest, sizePx, weight, capturedAt, at);
    const blob = toBlob(vector, space.dimension, `of face ${faceId}`);
    embedding(space.id, faceId, blob, crc32(blob));
    return faceId;
  };
}

/** A unit vector made from the seed and its own number alone. */
export function benchVector(seed: number, number: number, dimension: number): Float32Array {
  const rng = Rng.seeded(seed, number);
  const vector = new Float32Array(dimension);
  for (let index = 0; index < dimension; index++) vector[index] = rng.uniform(-1, 1);
  return normalise(vector);
}

function benchSpace(dimension: number): Parameters<typeof ensureSpace>[1] {
  const digest = 'b'.repeat(64);
  return {
    modelDigest: digest,
    profileDigest: null,
    preprocessing: 1,
    frameDigest: digest,
    side: 'lr',
    dimension,
  };
}
