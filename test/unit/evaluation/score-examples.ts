// Score sets for the evaluation tests: random ones with and without ties, and the awkward ones.

import { Rng } from '../../../src-main/common/rng.ts';

export interface ScoreExample {
  readonly name: string;
  readonly genuine: readonly number[];
  readonly impostor: readonly number[];
}

function normals(rng: Rng, count: number, mean: number, digits: number): number[] {
  return Array.from({ length: count }, () => Number((mean + 0.2 * rng.normal()).toFixed(digits)));
}

/** Rounded to one digit nearly all scores are tied, to two many, to twelve none. */
function randomExample(seed: number): ScoreExample {
  const rng = Rng.seeded(seed);
  const digits = [1, 2, 12][seed % 3];
  return {
    name: `random ${seed}, ${digits} digits`,
    genuine: normals(rng, 1 + rng.int(60), 0.4, digits),
    impostor: normals(rng, 1 + rng.int(60), 0.1, digits),
  };
}

export const SCORE_EXAMPLES: readonly ScoreExample[] = [
  ...Array.from({ length: 60 }, (_, seed) => randomExample(seed)),
  { name: 'one against one', genuine: [0.7], impostor: [0.2] },
  { name: 'one against one, reversed', genuine: [0.2], impostor: [0.7] },
  { name: 'all tied', genuine: [0.5, 0.5, 0.5], impostor: [0.5, 0.5] },
  { name: 'perfect separation', genuine: [0.8, 0.9, 1], impostor: [-0.3, 0.1, 0.7] },
  { name: 'reversed', genuine: [-1, -0.5], impostor: [0.1, 0.3, 0.9] },
  { name: 'touching', genuine: [0.5, 0.6], impostor: [0.4, 0.5] },
  { name: 'signed zeros', genuine: [0, -0, 0.1], impostor: [-0, 0, -0.1] },
  { name: 'neighbouring floats', genuine: [0.3, 0.1 + 0.2], impostor: [0.3, 0.3, 0.2999999999999999] },
  { name: 'text order differs from number order', genuine: [9, 10, 100, 1e-7], impostor: [-10, -9, 2, 1e21] },
  { name: 'huge and tiny', genuine: [1.7e308, 5e-324], impostor: [-1.7e308, 0] },
];
