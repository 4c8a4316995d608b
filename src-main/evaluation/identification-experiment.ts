// An experiment: how well are people found again with 1, 2, 4, 8 faces behind each side? Labelled faces go in, identities are
// split into gallery and probe faces that share none, templates are fused and searched.

import { ensure } from '../common/errors.ts';
import { type Matrix, matrix, rowOf } from '../common/matrix.ts';
import { Rng } from '../common/rng.ts';
import { fuseTemplate } from '../common/template.ts';
import {
  cumulativeMatches,
  type IdentificationPoint,
  identificationAt,
  type RankRate,
} from './identification.ts';
import {
  type LabelledRows,
  type SearchOutcome,
  searchOutcomes,
  withMatesRemoved,
} from './search-outcomes.ts';

/** N faces; row i of both matrices is the same photograph. */
export interface ExperimentFaces {
  /** N × D unit rows: the faces as they are searched with. */
  readonly probes: Matrix;
  /** N × D unit rows: the faces as they are enrolled. The same matrix for LR-LR, the full-size faces' for LR-HR. */
  readonly gallery: Matrix;
  readonly identities: ArrayLike<number>;
  /** Quality weight of each face in templates; null for equal ones. */
  readonly weights: ArrayLike<number> | null;
}

/** Faces fused on each side. */
export interface TemplateSizes {
  readonly probe: number;
  readonly gallery: number;
}

export interface ExperimentOptions {
  readonly seed: number;
  /** Draws, each of other faces and templates; their searches are counted together. Default 1. */
  readonly repeats?: number;
  /**
   * Where searches for someone not enrolled come from: each mated search again with its mate removed (default), or
   * half of the identities that could be mated, drawn per repeat and kept out of the gallery.
   */
  readonly nonMated?: 'mate-removed' | 'left-out';
  /** Identities with too few faces to be probes stand in the gallery, with as many faces as they have up to the size. Default true. */
  readonly enrolOthers?: boolean;
  /** Only these identities are probes; all others may be in the gallery. Default: every one with faces enough. */
  readonly probeIdentities?: ReadonlySet<number>;
  readonly targetFpir?: number;
}

export interface ExperimentRow extends TemplateSizes {
  /** Identities enrolled in one draw, mates and others. */
  readonly gallerySubjects: number;
  readonly rank1: RankRate;
  readonly rank10: RankRate;
  /** FNIR at the target FPIR, 0.01 by default. */
  readonly openSet: IdentificationPoint;
}

/** One draw of faces: which stand on which side. */
export interface ExperimentDraw {
  /** Rows in the order in which smaller templates take them. */
  readonly probeFaces: ReadonlyMap<number, readonly number[]>;
  readonly galleryFaces: ReadonlyMap<number, readonly number[]>;
}

/**
 * Runs every pair of sizes on the same identities and the same faces: those with at least (largest probe + largest gallery size)
 * faces are mated, a size of p makes (largest probe size / p) probes of each, whole ones. Intervals take an identity's
 * searches as dependent. Throws `bad-data` when no identity has faces enough.
 */
export function runTemplateExperiment(
  faces: ExperimentFaces,
  sizes: readonly TemplateSizes[],
  options: ExperimentOptions,
): ExperimentRow[] {
  const { seed, repeats = 1, targetFpir = 0.01 } = options;
  ensure(sizes.length > 0, 'bad-usage', 'an experiment needs at least one pair of template sizes');
  for (const { probe, gallery } of sizes) {
    for (const size of [probe, gallery]) {
      ensure(
        Number.isInteger(size) && size >= 1,
        'bad-usage',
        `a template holds 1 face or more, not ${size}`,
      );
    }
  }
  const outcomes = sizes.map((): SearchOutcome[] => []);
  const enrolled = sizes.map(() => 0);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const draw = drawFaces(faces.identities, largestOf(sizes), Rng.seeded(seed, repeat), options);
    sizes.forEach((size, index) => {
      const gallery = fuseGallery(faces, draw, size.gallery);
      const searched = searchOutcomes(fuseProbes(faces, draw, size.probe), gallery);
      enrolled[index] = gallery.subjects.length;
      outcomes[index].push(...searched);
      if (options.nonMated !== 'left-out') outcomes[index].push(...withMatesRemoved(searched));
    });
  }
  return sizes.map((size, index) => {
    const [rank1, rank10] = cumulativeMatches(outcomes[index], [1, 10]);
    const openSet = identificationAt(outcomes[index], targetFpir);
    return { ...size, gallerySubjects: enrolled[index], rank1, rank10, openSet };
  });
}

/** Splits every identity's shuffled faces: gallery faces first, then probe faces, no face on both sides. */
export function drawFaces(
  identities: ArrayLike<number>,
  largest: TemplateSizes,
  rng: Rng,
  { nonMated = 'mate-removed', enrolOthers = true, probeIdentities }: Omit<ExperimentOptions, 'seed'> = {},
): ExperimentDraw {
  const facesOf = new Map<number, number[]>();
  for (let face = 0; face < identities.length; face++) {
    const known = facesOf.get(identities[face]);
    if (known === undefined) facesOf.set(identities[face], [face]);
    else known.push(face);
  }
  const needed = largest.gallery + largest.probe;
  const canBeMated = (identity: number, own: readonly number[]): boolean =>
    own.length >= needed && (probeIdentities?.has(identity) ?? true);
  const mated = [...facesOf]
    .filter(([identity, own]) => canBeMated(identity, own))
    .map(([identity]) => identity);
  ensure(
    mated.length > 0,
    'bad-data',
    `no identity has the ${needed} faces that ${largest.gallery} enrolled and ${largest.probe} searched ones need`,
  );
  const outsiders = new Set(nonMated === 'left-out' ? rng.shuffle(mated).slice(0, mated.length >>> 1) : []);
  const probeFaces = new Map<number, number[]>();
  const galleryFaces = new Map<number, number[]>();
  for (const [identity, own] of facesOf) {
    rng.shuffle(own);
    const isProbe = canBeMated(identity, own);
    if (isProbe) probeFaces.set(identity, own.slice(largest.gallery, needed));
    if (isProbe ? !outsiders.has(identity) : enrolOthers)
      galleryFaces.set(identity, own.slice(0, largest.gallery));
  }
  return { probeFaces, galleryFaces };
}

function fuseGallery(faces: ExperimentFaces, draw: ExperimentDraw, size: number): LabelledRows {
  const templates = [...draw.galleryFaces].map(([subject, rows]) => ({ subject, rows: rows.slice(0, size) }));
  return fuseAll(faces.gallery, faces.weights, templates);
}

function fuseProbes(faces: ExperimentFaces, draw: ExperimentDraw, size: number): LabelledRows {
  const templates = [...draw.probeFaces].flatMap(([subject, rows]) =>
    Array.from({ length: Math.floor(rows.length / size) }, (_, probe) => ({
      subject,
      rows: rows.slice(probe * size, (probe + 1) * size),
    })),
  );
  return fuseAll(faces.probes, faces.weights, templates);
}

function fuseAll(
  source: Matrix,
  weights: ArrayLike<number> | null,
  templates: readonly { readonly subject: number; readonly rows: readonly number[] }[],
): LabelledRows {
  const vectors = matrix(new Float32Array(templates.length * source.columns), source.columns);
  templates.forEach(({ rows }, index) => {
    rowOf(vectors, index).set(fuseTemplate(source, rows, weights));
  });
  return { vectors, subjects: templates.map(({ subject }) => subject) };
}

function largestOf(sizes: readonly TemplateSizes[]): TemplateSizes {
  return {
    probe: Math.max(...sizes.map(({ probe }) => probe)),
    gallery: Math.max(...sizes.map(({ gallery }) => gallery)),
  };
}
