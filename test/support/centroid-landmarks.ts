// A stand-in for the landmark network: all 68 points at the brightness centroid of the crop.

import type { NamedTensors, TensorModel } from '../../src-main/imaging/tensor-model.ts';

/** `batches` collects how many crops each call held. */
export function centroidLandmarks(batches: number[] = []): TensorModel {
  return {
    run: async ({ input }): Promise<NamedTensors> => {
      const [count, , height, width] = input.dims;
      batches.push(count);
      const output = new Float32Array(count * 136);
      for (let face = 0; face < count; face++) {
        let mass = 1e-9;
        let sumX = 0;
        let sumY = 0;
        for (let pixel = 0; pixel < width * height; pixel++) {
          const value = input.data[face * width * height + pixel];
          mass += value;
          sumX += value * ((pixel % width) + 0.5);
          sumY += value * (Math.floor(pixel / width) + 0.5);
        }
        for (let point = 0; point < 68; point++) {
          output[face * 136 + point * 2] = sumX / mass / width;
          output[face * 136 + point * 2 + 1] = sumY / mass / height;
        }
      }
      return { output: { data: output, dims: [count, 136] } };
    },
  };
}
