// Crops to pixels by TensorFlow's decoders: a fifth of the processor time that sharp takes for a picture this small, most of
// which goes into handing it between threads (EXPERIMENTS.md). The pixels are the same, which a test holds.

import type { Tensor3D } from '@tensorflow/tfjs-node-gpu';
import { decodeImage } from '../../imaging/decode.ts';
import type { RgbImage } from '../../imaging/image.ts';
import { type PlainPicture, plainPicture } from '../../imaging/plain-picture.ts';
import type { Runtime } from './load.ts';

/** tfjs reads words, not bytes: a picture's bytes are read four at a time. */
const BYTES_PER_WORD = 4;

/** As `decodeImage` does it, errors included; `name` is what they call the picture. */
export type DecodePicture = (bytes: Uint8Array, name: string) => Promise<RgbImage>;

/** Plain small pictures by TensorFlow, on the calling thread; all others, and what TensorFlow refuses, by `decodeImage`. */
export function createPictureDecoder(runtime: Runtime): DecodePicture {
  if (runtime.ops.backend.isUsingGpuDevice) return decodeImage;
  const decodePlain = createPlainDecoder(runtime);
  return async (bytes, name) => {
    const plain = plainPicture(bytes);
    if (plain === null || (plain.width * plain.height) % BYTES_PER_WORD !== 0)
      return decodeImage(bytes, name);
    try {
      return decodePlain(bytes, plain);
    } catch {
      return decodeImage(bytes, name);
    }
  };
}

function createPlainDecoder({ tf, ops }: Runtime): (bytes: Uint8Array, plain: PlainPicture) => RgbImage {
  const { backend } = ops;
  const { TF_ATTR_TYPE, TF_UINT8 } = backend.binding;
  const ofBytes = { name: 'T', type: TF_ATTR_TYPE, value: TF_UINT8 };
  const toFours = [ofBytes, ops.type('Tshape', 'int32')];
  const toWords = [ofBytes, ops.type('type', 'int32')];
  const decode = (bytes: Uint8Array, format: PlainPicture['format']): Tensor3D =>
    format === 'jpeg'
      ? backend.decodeJpeg(bytes, 3, 1, true, false, 1, 'INTEGER_ACCURATE')
      : backend.decodePng(bytes, 3);
  return (bytes, { format, width, height }) => {
    const words = tf.tidy(() => {
      const shape = tf.tensor1d([(width * height * 3) / BYTES_PER_WORD, BYTES_PER_WORD], 'int32');
      return ops.run('Bitcast', toWords, [ops.run('Reshape', toFours, [decode(bytes, format), shape])]);
    });
    const { buffer, byteOffset, byteLength } = words.dataSync<'int32'>();
    words.dispose();
    return { width, height, data: new Uint8Array(buffer, byteOffset, byteLength) };
  };
}
