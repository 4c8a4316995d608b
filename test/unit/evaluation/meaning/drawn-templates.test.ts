import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrix } from '../../../../src-main/common/matrix.ts';
import { Rng } from '../../../../src-main/common/rng.ts';
import { drawTemplates } from '../../../../src-main/evaluation/meaning/drawn-templates.ts';

/** Face i is the unit vector of axis i: a template shows which faces it holds. */
function axisFaces(counts: readonly number[]) {
  const subjects = counts.flatMap((count, subject) => Array.from({ length: count }, () => subject));
  const size = subjects.length;
  const values = Float32Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
  return { vectors: matrix(values, size), subjects };
}

test('templates of one subject from different groups share no face; sizes are as asked', () => {
  const { vectors, subjects } = axisFaces([1, 2, 3, 8, 9, 16, 21]);
  const items = drawTemplates(vectors, subjects, Rng.seeded(1));
  const facesIn = (item: number): number[] =>
    subjects.map((_, face) => face).filter((face) => items.vectors.values[item * vectors.columns + face] > 0);
  const facesOfGroup = new Map<number, Set<number>>();
  for (let item = 0; item < items.vectors.rows; item++) {
    const faces = facesIn(item);
    assert.equal(faces.length, items.faces[item]);
    assert.ok(faces.every((face) => subjects[face] === items.subjects[item]));
    const group = facesOfGroup.get(items.groups[item]) ?? new Set();
    facesOfGroup.set(items.groups[item], group);
    for (const face of faces) group.add(face);
  }
  const all = [...facesOfGroup.values()].flatMap((faces) => [...faces]);
  assert.equal(new Set(all).size, all.length, 'no face in two groups');
  const sizesOf = (subject: number) =>
    [1, 2, 4, 8].map(
      (size) =>
        Array.from(items.faces).filter((faces, item) => faces === size && items.subjects[item] === subject)
          .length,
    );
  assert.deepEqual(sizesOf(0), [1, 0, 0, 0]);
  assert.deepEqual(sizesOf(1), [2, 0, 0, 0]);
  // Two and one; four and four; eight and one; eight and eight; eleven and ten, at most four of one size each.
  assert.deepEqual(sizesOf(2), [3, 1, 0, 0]);
  assert.deepEqual(sizesOf(3), [8, 4, 2, 0]);
  assert.deepEqual(sizesOf(4), [5, 4, 2, 1]);
  assert.deepEqual(sizesOf(5), [8, 8, 4, 2]);
  assert.deepEqual(sizesOf(6), [8, 8, 4, 2]);
});
