// Faces of a run with the positives and negatives of its relation term, read back from the dataset's cache.

import { GlimpseError } from '../../common/errors.ts';
import { cacheFolderOf } from '../../common/files.ts';
import { dot } from '../../common/matrix.ts';
import { Rng } from '../../common/rng.ts';
import type { MinedFace, MinedSamples, NoMinedFaces } from '../../contract/training.ts';
import { knownUnreadable } from '../../datasets/readable.ts';
import type { MinedRelations } from '../../engine/mining/mine.ts';
import { loadMined } from '../../engine/mining/mined-file.ts';
import type { TeacherCard } from '../../engine/teacher/teacher-card.ts';
import { findTeacher } from '../../engine/teacher/teacher-store.ts';
import { readAlignedFace, readPlainEmbeddings } from '../../engine/teacher/view-cache.ts';
import { HARDEST_PARTNERS } from '../../engine/training/batches.ts';
import type { RunConfig } from '../../engine/training/run-folder.ts';
import { leaveOut, minedPlace, openFaces, type TrainingFaces } from '../jobs/training-data.ts';
import { openRun } from './run-views.ts';
import { savePicture } from './samples.ts';

const FACES = 4;
const NEGATIVES_SHOWN = 4;

/**
 * A few faces that have positives, each with those that training draws from and its first negatives, in mined order.
 * Nothing is mined here: where the cache has no relations of this run the answer says why. `draw` chooses other faces.
 * Data count as changed when their number of faces or identities has: to hash them all again would take too long for a
 * question. Throws `not-found` for an unknown run or a data folder that is gone.
 */
export async function drawMinedSamples(
  dataFolder: string,
  runName: string,
  draw: number,
): Promise<MinedSamples> {
  const config = await (await openRun(dataFolder, runName)).readConfig();
  const { settings, data, teacher: used } = config;
  if (!settings.relation.isOn || used === null) return none('term-off');
  const teacher = await teacherOf(dataFolder, used);
  if (teacher === null) return none('teacher-gone');
  const cacheFolder = cacheFolderOf(dataFolder);
  const unreadable = await knownUnreadable(data.fingerprint, cacheFolder);
  if (unreadable === null) return none('not-kept');
  const { path, key } = minedPlace(settings, teacher, data.fingerprint, data.images, cacheFolder);
  const loaded = await loadMined(path, key);
  if (loaded.kind !== 'loaded') return none('not-kept');
  const opened = await openFaces(data.root);
  try {
    const faces = leaveOut(opened, unreadable);
    const { paths, identities } = faces.dataset;
    if (paths.length !== data.images || identities.length !== data.identities) return none('data-changed');
    const shown: MinedFace[] = [];
    for (const face of drawFaces(loaded.mined, draw)) {
      const described = await describe(face, loaded.mined, faces, config, teacher, cacheFolder);
      if (described === null) return none('not-kept');
      shown.push(described);
    }
    if (shown.length === 0) return none('no-positives');
    return { kind: 'mined', sampling: settings.relation.sampling, faces: shown };
  } finally {
    await opened.close();
  }
}

function none(reason: NoMinedFaces): MinedSamples {
  return { kind: 'none', reason };
}

/** Null where it was deleted, or another model goes by its name now. */
async function teacherOf(
  dataFolder: string,
  { name, digest }: { readonly name: string; readonly digest: string },
): Promise<TeacherCard | null> {
  try {
    const { card } = await findTeacher(dataFolder, name);
    return card.digest === digest ? card : null;
  } catch (error) {
    if (error instanceof GlimpseError && error.code === 'not-found') return null;
    throw error;
  }
}

/** Faces without a positive take no part in the relation term, and are not drawn. */
function drawFaces({ faces, positives: { offsets } }: MinedRelations, draw: number): Int32Array {
  const related = Int32Array.from({ length: faces }, (_, face) => face).filter(
    (face) => offsets[face + 1] > offsets[face],
  );
  return Rng.seeded(2, draw).shuffle(related).subarray(0, FACES);
}

/** Null where the cache has lost the teacher's embeddings. */
async function describe(
  face: number,
  { positives, negatives, negativesPerFace }: MinedRelations,
  { dataset, source }: Pick<TrainingFaces, 'dataset' | 'source'>,
  { data }: RunConfig,
  teacher: TeacherCard,
  cacheFolder: string,
): Promise<MinedFace | null> {
  const start = positives.offsets[face];
  const end = Math.min(positives.offsets[face + 1], start + HARDEST_PARTNERS);
  const nearest = positives.indices.subarray(start, end);
  const first = face * negativesPerFace;
  const others = negatives.subarray(first, first + Math.min(NEGATIVES_SHOWN, negativesPerFace));
  const all = [face, ...nearest, ...others];
  const rows = await readPlainEmbeddings(cacheFolder, data.fingerprint, teacher, data.images, all);
  if (rows === null) return null;
  const pictures = await Promise.all(
    all.map(async (other) => savePicture(await readAlignedFace(source, other), cacheFolder)),
  );
  const [own, ...related] = all.map((other, at) => ({
    identity: dataset.identities[dataset.labels[other]],
    picture: pictures[at],
    cosine: dot(rows[0], rows[at]),
  }));
  return {
    identity: own.identity,
    picture: own.picture,
    positives: related.slice(0, nearest.length),
    negatives: related.slice(nearest.length),
  };
}
