// How well a gallery finds its people again: its own named faces, split in enrolled and searched ones that share no track.

import { ensure } from '../../common/errors.ts';
import { type Matrix, matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import {
  type ExperimentRow,
  runTemplateExperiment,
  type TemplateSizes,
} from '../../evaluation/identification-experiment.ts';
import { readEmbeddings } from '../../gallery/db/queries/embedding-slices.ts';
import { activeSpace, describeSpace, type Side, type Space } from '../../gallery/db/queries/spaces.ts';
import { subjectByName } from '../../gallery/db/queries/subjects.ts';
import type { Gallery } from '../../gallery/gallery.ts';

export interface IdentifyRequest {
  readonly sizes: readonly TemplateSizes[];
  /** Draws of other faces and templates, counted together. */
  readonly repeats: number;
  readonly seed: number;
  readonly targetFpir: number;
  /** Only these subjects are searched for; null: all with faces enough. */
  readonly probeSubjects: readonly string[] | null;
}

export interface IdentifyRow extends ExperimentRow {
  readonly probeSide: Side;
  readonly gallerySide: Side;
}

export interface IdentifyReport {
  readonly gallery: string;
  readonly spaces: readonly { readonly side: Side; readonly described: string }[];
  /** Faces that took part: one of each track. */
  readonly faces: number;
  readonly rows: readonly IdentifyRow[];
}

interface TakenFace {
  readonly id: number;
  readonly identity: number;
  readonly weight: number;
}

/**
 * Every direction that the gallery's active spaces allow: each side against itself, and across where both are of one frame.
 * Unknown tracks are others in the gallery. Throws `bad-data` for an empty gallery or subjects with too few tracks, `not-found` for
 * an unknown name, and `cancelled` between directions.
 */
export async function identifyInGallery(
  gallery: Gallery,
  request: IdentifyRequest,
  progress: ProgressToken,
): Promise<IdentifyReport> {
  const { database, name } = gallery;
  const spaces = (['lr', 'hr'] as const)
    .map((side) => activeSpace(database, side))
    .filter((space) => space !== null);
  ensure(spaces.length > 0, 'bad-data', `${name} has no faces to search among yet: enrol some`);
  const taken = bestFaceOfEachTrack(gallery);
  const sides = spaces.map((space) => ({ space, vectors: vectorsOf(gallery, space, taken) }));
  const probeIdentities = request.probeSubjects && new Set(request.probeSubjects.map(subjectNumber));
  const { sizes, repeats, seed, targetFpir } = request;
  const rows: IdentifyRow[] = [];
  const directions = sides.flatMap((probes) =>
    sides
      .filter(({ space }) => space.frameDigest === probes.space.frameDigest)
      .map((answers) => [probes, answers] as const),
  );
  const stage = progress.stage('searching', directions.length, 'directions');
  for (const [probes, answers] of directions) {
    progress.throwIfCancelled();
    const faces = {
      probes: probes.vectors,
      gallery: answers.vectors,
      identities: taken.map(({ identity }) => identity),
      weights: taken.map(({ weight }) => weight),
    };
    const options = { seed, repeats, targetFpir, ...(probeIdentities === null ? {} : { probeIdentities }) };
    const [probeSide, gallerySide] = [probes.space.side, answers.space.side];
    for (const row of runTemplateExperiment(faces, sizes, options))
      rows.push({ probeSide, gallerySide, ...row });
    stage.advance();
  }
  return {
    gallery: name,
    spaces: spaces.map((space) => ({ side: space.side, described: describeSpace(space) })),
    faces: taken.length,
    rows,
  };

  function subjectNumber(wanted: string): number {
    const subject = subjectByName(database, wanted);
    ensure(subject !== null, 'not-found', `there is no subject ${JSON.stringify(wanted)} in ${name}`);
    return subject.id;
  }
}

/** Neighbouring frames are no independent photographs: a track gives its best face. Unknown tracks get identities below zero. */
function bestFaceOfEachTrack({ database }: Gallery): TakenFace[] {
  return database
    .prepare(
      `SELECT faces.id, ifnull(tracks.subject_id, -tracks.id) AS identity, max(faces.weight) AS weight
       FROM faces JOIN tracks ON tracks.id = faces.track_id GROUP BY tracks.id ORDER BY faces.id`,
    )
    .all() as TakenFace[];
}

/** One row per face taken. Throws `bad-data` while the space is being filled. */
function vectorsOf(gallery: Gallery, space: Space, taken: readonly TakenFace[]): Matrix {
  const { dimension } = space;
  const values = new Float32Array(taken.length * dimension);
  let next = 0;
  for (const { faceId, vector } of readEmbeddings(gallery.database, space)) {
    if (next === taken.length || taken[next].id !== faceId) continue;
    values.set(vector, next * dimension);
    next++;
  }
  ensure(
    next === taken.length,
    'bad-data',
    `face ${taken[next]?.id} of ${gallery.name} has no embedding by ${describeSpace(space)}`,
  );
  return matrix(values, dimension);
}
