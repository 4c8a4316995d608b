// A student small enough for tests: 16 px, a 32nd of the paper's width, 8-d embeddings, random weights and statistics.

import { Rng } from '../../src-main/common/rng.ts';
import { Parameters } from '../../src-main/engine/models/parameters.ts';
import {
  type NetworkSpec,
  planNetwork,
  planNorms,
  planParameters,
} from '../../src-main/engine/models/plan.ts';
import type { TrainedNetwork } from '../../src-main/engine/models/student-file.ts';

export const TINY_SPEC: NetworkSpec = {
  depth: 18,
  resolutionPx: 16,
  studentInput: 'native',
  widthFactor: 1 / 32,
  embeddingSize: 8,
};

/** The seed fixes weights and running statistics. */
export function tinyNetwork(seed: number, spec: NetworkSpec = TINY_SPEC): TrainedNetwork {
  const plan = planNetwork(spec);
  const rng = Rng.seeded(seed);
  const draw = (length: number, low: number, high: number): Float32Array =>
    Float32Array.from({ length }, () => rng.uniform(low, high));
  const parameters = Parameters.draw(planParameters(plan), rng);
  for (const { name, shape, role } of planParameters(plan)) {
    if (role === 'offset' || role === 'scale') {
      const middle = role === 'scale' ? 1 : 0;
      parameters.set(name, { shape, values: draw(shape[0], middle - 0.3, middle + 0.3) });
    }
  }
  const statistics = new Map(
    planNorms(plan).map(({ name, channels }) => [
      name,
      { mean: draw(channels, -0.3, 0.3), variance: draw(channels, 0.5, 1.5) },
    ]),
  );
  return {
    card: {
      name: 'tiny',
      role: 'student',
      spec,
      trainedOn: { root: 'faces', fingerprint: 'f', images: 3, identities: 2 },
      teacherDigest: 'd',
      teacherName: 't',
      epochs: 1,
      seed,
      createdAt: '2026-01-01T00:00:00.000Z',
    },
    parameters,
    statistics,
  };
}
