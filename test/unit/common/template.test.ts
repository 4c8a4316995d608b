import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrix } from '../../../src-main/common/matrix.ts';
import { fuseTemplate } from '../../../src-main/common/template.ts';
import { assertClose } from '../../support/close.ts';

const FACES = matrix(Float32Array.of(1, 0, 0, 1, -1, 0), 2);

test('a template is the weighted mean of its faces at length 1', () => {
  assertClose(fuseTemplate(FACES, [0, 1]), [Math.SQRT1_2, Math.SQRT1_2], 1e-7);
  assertClose(fuseTemplate(FACES, [0, 1], [3, 4, 9]), [0.6, 0.8], 1e-7);
  assertClose(fuseTemplate(FACES, [0, 1], [0, 0, 1]), [Math.SQRT1_2, Math.SQRT1_2], 1e-7);
  assertClose(fuseTemplate(FACES, [1]), [0, 1], 0);
});

test('templates without a direction are refused', () => {
  assert.throws(() => fuseTemplate(FACES, []), { code: 'bad-data' });
  assert.throws(() => fuseTemplate(FACES, [0, 2]), { code: 'bad-data', message: /cancel out/ });
  assert.throws(() => fuseTemplate(FACES, [0, 1], [1, -1, 0]), { code: 'bad-data', message: /weight/ });
});
