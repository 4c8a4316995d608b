// Editing and running ONNX files: a two-node graph built by hand, and what must be refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import onnxProto from 'onnx-proto';
import { GlimpseError } from '../../../../src-main/common/errors.ts';
import { editOnnx } from '../../../../src-main/engine/onnx/edit.ts';
import { openOnnxModel } from '../../../../src-main/engine/onnx/session.ts';

const { onnx } = onnxProto;
const FLOAT = onnx.TensorProto.DataType.FLOAT;

/** in [1, 2] → Relu → inner → Neg → out. */
function twoNodes(): Uint8Array {
  const port = (name: string) => ({
    name,
    type: { tensorType: { elemType: FLOAT, shape: { dim: [{ dimValue: 1 }, { dimValue: 2 }] } } },
  });
  return onnx.ModelProto.encode({
    irVersion: 6,
    opsetImport: [{ domain: '', version: 9 }],
    graph: {
      name: 'two',
      input: [port('in')],
      output: [port('out')],
      node: [
        { opType: 'Relu', input: ['in'], output: ['inner'] },
        { opType: 'Neg', input: ['inner'], output: ['out'] },
      ],
    },
  }).finish();
}

function isBadModel(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof GlimpseError, String(error));
    assert.equal(error.code, 'bad-model');
    assert.match(error.message, pattern);
    return true;
  };
}

test('a model runs as it is and says what it takes', async (context) => {
  const model = await openOnnxModel(twoNodes(), 'two.onnx');
  context.after(() => model.dispose());
  assert.deepEqual(model.inputs, [{ name: 'in', dims: [1, 2] }]);
  assert.deepEqual(model.outputs, [{ name: 'out', dims: [1, 2] }]);
  const { out } = await model.run({ in: { data: Float32Array.from([3, -4]), dims: [1, 2] } });
  assert.deepEqual([...out.data].map(Math.abs), [3, 0]);
  assert.deepEqual(out.dims, [1, 2]);
  await assert.rejects(
    model.run({ in: { data: new Float32Array(4), dims: [2, 2] } }),
    isBadModel(/^two\.onnx refused its inputs: /),
  );
});

test('an axis set free takes any size; an inner tensor becomes an output under a new name', async (context) => {
  const edited = editOnnx(twoNodes(), 'two.onnx', {
    freeAxes: { in: { 0: 'batch' } },
    outputs: { positive: 'inner' },
  });
  const model = await openOnnxModel(edited, 'two.onnx');
  context.after(() => model.dispose());
  assert.deepEqual(model.inputs, [{ name: 'in', dims: [null, 2] }]);
  const outputs = await model.run({ in: { data: Float32Array.from([1, -2, 3, -4]), dims: [2, 2] } });
  assert.deepEqual(Object.keys(outputs), ['positive']);
  assert.deepEqual([...outputs.positive.data], [1, 0, 3, 0]);
});

test('what the file lacks is named', () => {
  const edit = { freeAxes: {}, outputs: { out: 'out' } };
  assert.throws(
    () => editOnnx(twoNodes(), 'two.onnx', { ...edit, outputs: { x: 'nowhere' } }),
    isBadModel(/^two\.onnx computes no tensor named nowhere$/),
  );
  assert.throws(
    () => editOnnx(twoNodes(), 'two.onnx', { ...edit, freeAxes: { image: { 0: 'n' } } }),
    isBadModel(/^two\.onnx has no input named image$/),
  );
  assert.throws(
    () => editOnnx(twoNodes(), 'two.onnx', { ...edit, freeAxes: { in: { 2: 'n' } } }),
    isBadModel(/^input in of two\.onnx has no axis 2$/),
  );
});

test('files that are no models are refused by name', async () => {
  const nonsense = Buffer.from('this is no protobuf at all');
  assert.throws(
    () => editOnnx(nonsense, 'text.onnx', { freeAxes: {}, outputs: {} }),
    isBadModel(/^text\.onnx (is not an ONNX file|holds no graph)/),
  );
  await assert.rejects(
    openOnnxModel(nonsense, 'text.onnx'),
    isBadModel(/^text\.onnx is not a usable ONNX model: /),
  );
  const cut = twoNodes();
  await assert.rejects(
    openOnnxModel(cut.subarray(0, cut.length - 9), 'cut.onnx'),
    isBadModel(/^cut\.onnx is not/),
  );
});
