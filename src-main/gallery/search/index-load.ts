// Reads a space into an index, a slice at a time: who belongs to whom, then the vectors, then the templates.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import type { ProgressToken } from '../../common/progress.ts';
import { countEmbeddings, type Space } from '../db/queries/spaces.ts';
import { FillThreads } from './fill-threads.ts';
import type { IndexVectors } from './index-vectors.ts';
import type { BlockHandle } from './layout.ts';
import type { Members } from './members.ts';
import { NO_ATTRIBUTES } from './row-attributes.ts';
import { type FaceStore, type FillTask, fillRows } from './row-fill.ts';
import type { FilledRow, VectorStore } from './vector-store.ts';

/** Read in one turn; what one task fills. */
const FACES_PER_SLICE = 2048;
/** Faces behind the templates of one slice. */
const TEMPLATE_FACES_PER_SLICE = 4096;
interface Loading {
  readonly database: Database;
  readonly space: Space;
  readonly members: Members;
  readonly vectors: IndexVectors;
}

/**
 * With turns for others in between: they may write meanwhile, and what they touched has to be synchronised afterwards.
 * Throws `bad-data` or `not-finite` for an embedding that is damaged, `cancelled`.
 */
export async function loadIndex(
  loading: Loading,
  threadsFor: (faces: number) => number,
  progress: ProgressToken,
): Promise<void> {
  const { database, space, members, vectors } = loading;
  const turn = async (): Promise<void> => {
    progress.throwIfCancelled();
    await nextTurn();
  };
  const threads = threadsFor(countEmbeddings(database, space.id));
  const helpers = threads > 0 ? new FillThreads(database.name, threads) : null;
  try {
    const slices: Uint32Array[] = [];
    for (const faces of readPlaces(database, space, members)) {
      slices.push(faces);
      await turn();
    }
    const stage = progress.stage('loading embeddings', members.faces, 'faces');
    const tasks = fillTasks(loading, slices);
    const fill = helpers?.fill.bind(helpers) ?? (async (task: FillTask) => fillRows(database, task));
    const lane = async (): Promise<void> => {
      for (const task of tasks) {
        publish(loading, task, await fill(task));
        stage.advance(task.faces.length);
        await turn();
      }
    };
    await Promise.all(Array.from({ length: helpers?.lanes ?? 1 }, lane));
  } finally {
    await helpers?.close();
  }
  for (const _ of putTemplates(members, vectors)) await turn();
}

type PlaceRow = [
  faceId: number,
  weight: number,
  capturedAt: number | null,
  sizePx: number,
  trackId: number,
  subjectId: number | null,
  cameraId: number | null,
];

/** Puts down who belongs to whom; tells the numbers of faces, rising. */
function* readPlaces(database: Database, space: Space, members: Members): Generator<Uint32Array> {
  const slice = database
    .prepare(
      `SELECT faces.id, faces.weight, faces.captured_at, faces.size_px, tracks.id, tracks.subject_id, tracks.camera_id
       FROM embeddings CROSS JOIN faces ON faces.id = embeddings.face_id CROSS JOIN tracks ON tracks.id = faces.track_id
       WHERE embeddings.space_id = ? AND embeddings.face_id > ? ORDER BY embeddings.face_id LIMIT ?`,
    )
    .raw();
  for (let after = -1; ; ) {
    const rows = slice.all(space.id, after, FACES_PER_SLICE) as PlaceRow[];
    for (const [id, weight, capturedAt, sizePx, trackId, subjectId, cameraId] of rows)
      members.add({ id, weight, capturedAt, sizePx }, { id: trackId, subjectId, cameraId });
    if (rows.length > 0) yield Uint32Array.from(rows, ([id]) => id);
    if (rows.length < FACES_PER_SLICE) return;
    after = rows[rows.length - 1][0];
  }
}

/** Reserves a row for each face. */
function* fillTasks(
  { space, members, vectors }: Loading,
  slices: readonly Uint32Array[],
): Generator<FillTask> {
  const { single, member } = vectors.stores;
  for (const faces of slices) {
    const isAlone = Uint8Array.from(faces, (id) => (members.isAlone(id) ? 1 : 0));
    const rows = Uint32Array.from(isAlone, (alone) => (alone === 1 ? single : member).reserve());
    const blocks = { single: handlesOf(single), member: handlesOf(member) };
    yield { space, layout: single.layout, blocks, faces, isAlone, rows };
  }
}

function handlesOf(store: VectorStore): BlockHandle[] {
  return store.blocks.map(({ handle }) => handle);
}

function publish({ members, vectors }: Loading, task: FillTask, isFilled: Uint8Array): void {
  const { single, member } = vectors.stores;
  const filled: Record<FaceStore, FilledRow[]> = { single: [], member: [] };
  for (const [at, id] of task.faces.entries()) {
    const row = task.rows[at];
    const isAlone = task.isAlone[at] === 1;
    if (isFilled[at] === 0) {
      (isAlone ? single : member).giveBack(row);
    } else if (isAlone) {
      const attributes = vectors.attributesOf(members.trackOf(id) as number);
      filled.single.push({ row, id, attributes });
    } else {
      filled.member.push({ row, id, attributes: NO_ATTRIBUTES });
    }
  }
  single.publish(filled.single);
  member.publish(filled.member);
}

function* putTemplates(members: Members, vectors: IndexVectors): Generator<void> {
  let faces = 0;
  for (const trackId of members.trackIds()) {
    if (members.countOf(trackId) < 2) continue;
    const behind = members.facesOf(trackId);
    vectors.stores.track.put(trackId, vectors.template(behind), vectors.attributesOf(trackId));
    faces += behind.length;
    if (faces < TEMPLATE_FACES_PER_SLICE) continue;
    faces = 0;
    yield;
  }
  for (const subjectId of members.subjectIds()) {
    if (members.countTracksOf(subjectId) < 2) continue;
    const behind = members.facesOfSubject(subjectId);
    vectors.stores.subject.put(subjectId, vectors.template(behind), {
      ...NO_ATTRIBUTES,
      faces: behind.length,
    });
    faces += behind.length;
    if (faces < TEMPLATE_FACES_PER_SLICE) continue;
    faces = 0;
    yield;
  }
}
