// Reads a space into an index, a slice at a time: who belongs to whom, then the vectors, then the templates.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import type { ProgressToken } from '../../common/progress.ts';
import { countEmbeddings, type Space } from '../db/queries/spaces.ts';
import { FillThreads } from './fill-threads.ts';
import { type IndexVectors, trackAttributes } from './index-vectors.ts';
import type { BlockHandle } from './layout.ts';
import type { Members } from './members.ts';
import {
  addPlaces,
  countPlaces,
  type PlaceQuestion,
  type Places,
  placeRanges,
  readPlaces,
} from './place-read.ts';
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

/** Faces in slots from `first` to before `end`: none has left since they were put down in order of their numbers. */
interface Slice {
  readonly first: number;
  readonly end: number;
  readonly task: FillTask;
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
  const count = countEmbeddings(database, space.id);
  const threads = threadsFor(count);
  const helpers = threads > 0 ? new FillThreads(database.name, threads) : null;
  try {
    const read = helpers?.places.bind(helpers) ?? (async (question) => readPlaces(database, question));
    const placing = progress.stage('reading who belongs to whom', count, 'faces');
    for await (const places of placesInOrder(database, space, read, helpers?.lanes ?? 1)) {
      for (let first = 0; first < countPlaces(places); first += FACES_PER_SLICE) {
        addPlaces(members, places, first, FACES_PER_SLICE);
        await turn();
      }
      placing.advance(countPlaces(places));
    }
    const stage = progress.stage('loading embeddings', members.faces, 'faces');
    const slices = slicesOf(loading);
    const fill = helpers?.fill.bind(helpers) ?? (async (task: FillTask) => fillRows(database, task));
    const lane = async (): Promise<void> => {
      for (const slice of slices) {
        publish(loading, slice, await fill(slice.task));
        stage.advance(slice.end - slice.first);
        await turn();
      }
    };
    await Promise.all(Array.from({ length: helpers?.lanes ?? 1 }, lane));
  } finally {
    await helpers?.close();
  }
  for (const _ of putTemplates(members, vectors)) await turn();
}

/** So many ranges are read ahead; faces of a track come in order of their numbers. */
async function* placesInOrder(
  database: Database,
  space: Space,
  read: (question: PlaceQuestion) => Promise<Places>,
  ahead: number,
): AsyncGenerator<Places> {
  const ranges = placeRanges(database, space.id, FACES_PER_SLICE);
  const reading: Promise<Places>[] = [];
  for (let next = 0; next < ranges.length || reading.length > 0; ) {
    while (next < ranges.length && reading.length < ahead) {
      const places = read({ spaceId: space.id, range: ranges[next++] });
      // One that fails is told of in its turn.
      places.catch(() => {});
      reading.push(places);
    }
    yield await (reading.shift() as Promise<Places>);
  }
}

/** Reserves a row for each face. */
function* slicesOf({ space, members, vectors }: Loading): Generator<Slice> {
  const { single, member } = vectors.stores;
  for (let first = 1; first < members.faceSlots; first += FACES_PER_SLICE) {
    const end = Math.min(first + FACES_PER_SLICE, members.faceSlots);
    const faces = new Uint32Array(end - first);
    const isAlone = new Uint8Array(end - first);
    const rows = new Uint32Array(end - first);
    members.eachFace(
      (face) => {
        const at = face.slot - first;
        faces[at] = face.id;
        isAlone[at] = face.isAlone ? 1 : 0;
        rows[at] = (face.isAlone ? single : member).reserve();
      },
      first,
      end,
    );
    const blocks = { single: handlesOf(single), member: handlesOf(member) };
    yield { first, end, task: { space, layout: single.layout, blocks, faces, isAlone, rows } };
  }
}

function handlesOf(store: VectorStore): BlockHandle[] {
  return store.blocks.map(({ handle }) => handle);
}

function publish({ members, vectors }: Loading, { first, end, task }: Slice, isFilled: Uint8Array): void {
  const { single, member } = vectors.stores;
  const filled: Record<FaceStore, FilledRow[]> = { single: [], member: [] };
  members.eachFace(
    ({ slot, id, isAlone, isOfSeveral, subjectId }) => {
      const row = task.rows[slot - first];
      if (isFilled[slot - first] === 0) (isAlone ? single : member).giveBack(row);
      else if (!isAlone) filled.member.push({ row, id, attributes: NO_ATTRIBUTES });
      else
        filled.single.push({
          row,
          id,
          attributes: isOfSeveral ? trackAttributes(subjectId, 1) : NO_ATTRIBUTES,
        });
    },
    first,
    end,
  );
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
