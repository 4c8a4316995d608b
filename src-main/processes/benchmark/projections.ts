// Up to 100 people's embeddings in the plane, for each model; made once and kept with the other caches.

import { join } from 'node:path';
import { readJsonFile, sha256, writeFileAtomically } from '../../common/files.ts';
import { gatherRows, type Matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { Rng } from '../../common/rng.ts';
import { datasetCacheFolder } from '../../datasets/dataset-cache.ts';
import { type ProtocolSet, UNKNOWN_SUBJECT } from '../../datasets/protocols/protocol-set.ts';
import { type Projection, projectToPlane } from '../../evaluation/projection.ts';
import type { ProjectedFaces } from '../../reports/benchmark/report-model.ts';
import type { CellPlan } from './cells.ts';
import type { BenchmarkRequest } from './request.ts';
import type { SideMaker } from './sides.ts';

const MOST_PEOPLE = 100;
const MOST_FACES_EACH = 6;
const LEAST_FACES_EACH = 3;
const LEAST_PEOPLE = 2;

/** One for each model, resolution and adaptation; none where too few people have three faces. */
export async function projectionsOf(
  request: BenchmarkRequest,
  set: ProtocolSet,
  plans: readonly CellPlan[],
  sides: SideMaker,
  progress: ProgressToken,
): Promise<ProjectedFaces[]> {
  const { faces, subjects } = drawFaces(set, request.seed);
  if (new Set(subjects).size < LEAST_PEOPLE) return [];
  const cells = plans.filter(({ scenario, group }) => scenario === 'lr-lr' && group === 0);
  const projected: ProjectedFaces[] = [];
  const stage = progress.stage('t-SNE', cells.length, 'models');
  for (const { id, model, resolutionPx, adaptation } of cells) {
    progress.throwIfCancelled();
    const student = model.kind === 'student' ? model : null;
    const rows = await sides.embed({ kind: model.kind, model: student, resolutionPx, adaptation });
    const { x, y } = await cachedProjection(request, set, gatherRows(rows, faces));
    projected.push({ cell: id, method: 't-SNE', x, y, subjects });
    stage.advance();
  }
  return projected;
}

async function cachedProjection(
  { cacheFolder, seed }: BenchmarkRequest,
  { fingerprint }: ProtocolSet,
  rows: Matrix,
): Promise<Projection> {
  const digest = sha256(new Uint8Array(rows.values.buffer), `seed ${seed}`).slice(0, 16);
  const path = join(datasetCacheFolder(cacheFolder, fingerprint), `t-sne-${digest}.json`);
  const known = (await readJsonFile(path).catch(() => null)) as Projection | null;
  if (known?.x?.length === rows.rows && known.y?.length === rows.rows) return known;
  const made = projectToPlane(rows, seed);
  await writeFileAtomically(path, `${JSON.stringify(made)}\n`);
  return made;
}

/** People with at least three faces, drawn with the seed; subjects are numbered from 0. */
function drawFaces(set: ProtocolSet, seed: number): { faces: number[]; subjects: number[] } {
  const facesOf = new Map<number, number[]>();
  for (const [face, subject] of (set.subjects ?? []).entries()) {
    if (subject === UNKNOWN_SUBJECT) continue;
    const known = facesOf.get(subject);
    if (known === undefined) facesOf.set(subject, [face]);
    else known.push(face);
  }
  const people = [...facesOf.values()].filter((own) => own.length >= LEAST_FACES_EACH);
  const order = Rng.seeded(seed).shuffle(Array.from(people, (_, person) => person));
  const drawn = order.slice(0, MOST_PEOPLE).map((person) => people[person].slice(0, MOST_FACES_EACH));
  return { faces: drawn.flat(), subjects: drawn.flatMap((own, person) => own.map(() => person)) };
}
