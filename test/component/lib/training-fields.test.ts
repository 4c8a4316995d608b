// The form's table of settings against the settings there are.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decayEpochs, presetSettings } from '../../../src-main/engine/training/settings.ts';
import {
  isSameSetting,
  readSetting,
  showSetting,
  withSetting,
} from '../../../src-renderer/lib/settings-path.ts';
import { TRAINING_FIELDS, usualDrops } from '../../../src-renderer/lib/training-fields.ts';

const shown = TRAINING_FIELDS.flatMap(({ term, fields }) => [
  ...(term === null ? [] : [term.path.join('.')]),
  ...fields.map(({ path }) => path.join('.')),
]);

test('every setting of a training has its field, once, and no field is of anything else', () => {
  const all = Object.entries(presetSettings('ours')).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.keys(value).map((inner) => `${name}.${inner}`)
      : [name],
  );
  assert.deepEqual([...shown].sort(), all.filter((path) => path !== 'version').sort());
});

test('every default of every preset is within its field', () => {
  for (const preset of ['paper', 'ours', 'quick', 'teacher'] as const) {
    for (const field of TRAINING_FIELDS.flatMap(({ fields }) => fields)) {
      const value = readSetting(presetSettings(preset), field.path);
      const name = `${preset} ${field.path.join('.')} ${value}`;
      if (field.kind === 'choice')
        assert.ok(
          field.choices.some((choice) => choice.value === value),
          name,
        );
      if (field.kind !== 'number') continue;
      if (value === null) assert.notEqual(field.emptyMeans, undefined, name);
      else assert.ok(Number(value) >= field.smallest && Number(value) <= field.largest, name);
    }
  }
});

test('the drops that follow the epochs are the engine’s', () => {
  for (const epochs of [1, 2, 3, 5, 16, 26, 36, 100])
    assert.deepEqual(usualDrops(epochs), decayEpochs(epochs));
});

test('a setting is changed by its path, and the rest stays as it was', () => {
  const before = presetSettings('paper');
  const after = withSetting(before, ['relation', 'weight'], 3);
  assert.equal(readSetting(after, ['relation', 'weight']), 3);
  assert.equal(before.relation.weight, 2);
  assert.deepEqual({ ...after, relation: before.relation }, before);
  assert.equal(withSetting(before, ['seed'], 7).seed, 7);
  assert.ok(isSameSetting([1, 2], [1, 2]));
  assert.deepEqual([null, true, 0.1 + 0.2, [], [3, 4]].map(showSetting), ['–', 'on', '0.3', 'never', '3, 4']);
  assert.equal(showSetting(20_260_101), '20260101', 'a seed is not rounded');
});
