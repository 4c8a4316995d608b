// @ts-nocheck: plain JavaScript around an untyped package, run by hand.
// Faces and landmarks of LFW by npm @vladmandic/human, for lfw-alignment.ts. Install that package anywhere and name its folder:
//
//   node test/bench/imaging/candidates/human.cjs FOLDER/node_modules/@vladmandic/human LFW_ROOT/lfw human.json

const { readdirSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { join, resolve } = require('node:path');
const util = require('node:util');
const sharp = require('sharp');

util.isNullOrUndefined ??= (value) => value === null || value === undefined;
const tf = require('@tensorflow/tfjs-node-gpu');

// The package asks for TensorFlow by name; it gets ours.
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const name = request === '@tensorflow/tfjs-node-gpu' ? require.resolve(request) : request;
  return resolveFilename.call(this, name, ...rest);
};

/** Face mesh points whose mean is each of the five landmarks. */
const FIVE_FROM_MESH = [[33, 133, 159, 145], [362, 263, 386, 374], [1], [61], [291]];
const OFF = { enabled: false };

async function main([packageFolder, pictures, output]) {
  const { Human } = require(join(resolve(packageFolder), 'dist/human.node-gpu.js'));
  const human = new Human({
    backend: 'tensorflow',
    modelBasePath: `file://${join(resolve(packageFolder), 'models')}/`,
    cacheSensitivity: 0,
    filter: OFF,
    face: {
      enabled: true,
      detector: { rotation: true, maxDetected: 4, minConfidence: 0.2 },
      mesh: { enabled: true },
      iris: OFF,
      emotion: OFF,
      description: OFF,
      antispoof: OFF,
      liveness: OFF,
    },
    body: OFF,
    hand: OFF,
    object: OFF,
    gesture: OFF,
    segmentation: OFF,
  });
  await human.load();
  const faces = {};
  for (const name of readdirSync(pictures).sort()) {
    for (const file of readdirSync(join(pictures, name)).sort())
      faces[`${name}/${file}`] = await facesOf(human, join(pictures, name, file));
  }
  writeFileSync(output, JSON.stringify(faces));
}

async function facesOf(human, path) {
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const input = tf.tensor(new Uint8Array(data), [1, info.height, info.width, 3], 'float32');
  const { face } = await human.detect(input);
  input.dispose();
  return face
    .filter(({ mesh }) => mesh?.length >= 468)
    .map(({ box: [left, top, width, height], mesh, score }) => ({
      box: [left, top, left + width, top + height, score],
      pts: FIVE_FROM_MESH.map((indices) =>
        [0, 1].map((axis) => indices.reduce((sum, index) => sum + mesh[index][axis], 0) / indices.length),
      ),
    }));
}

main(process.argv.slice(2));
