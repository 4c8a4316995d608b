// Small faces enlarged to a network's input, with the bicubic kernel of the degradation (a = −0.5).

import type { Tensor4D } from '@tensorflow/tfjs-node-gpu';
import type { Runtime } from '../runtime/load.ts';

/** [B, r, r, 3] → [B, size, size, 3]; the input itself where it has that size. Not differentiable. */
export type Upsampler = (faces: Tensor4D) => Tensor4D;

/** TensorFlow's ResizeBicubic takes a = −0.5 and renormalises at the border when pixel centres are half pixels. */
export function createUpsampler({ tf, ops }: Runtime, size: number): Upsampler {
  const attributes = [ops.floatType, ops.bool('align_corners', false), ops.bool('half_pixel_centers', true)];
  return (faces) => {
    if (faces.shape[1] === size) return faces;
    return tf.tidy(
      () => ops.run('ResizeBicubic', attributes, [faces, tf.tensor1d([size, size], 'int32')]) as Tensor4D,
    );
  };
}
