import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Candidate, rankAnswer } from '../../../../src-main/gallery/search/ranking.ts';
import { NO_ATTRIBUTES } from '../../../../src-main/gallery/search/row-attributes.ts';

function candidate(id: number, group: number, identity: number): Candidate {
  const attributes = { ...NO_ATTRIBUTES, faces: id };
  return { id, attributes, group, identity, rowsInGroup: 2, low: 0, high: 1 };
}

const OPTIONS = { limit: 10, minimumScore: null, facesBehindProbe: 3, isExact: true };

test('ranks groups by their best row, ties by the smaller id', () => {
  const candidates = [candidate(5, 50, 50), candidate(4, 40, 40), candidate(3, 50, 50), candidate(2, 20, 20)];
  const open = { candidates, rowsSearched: 99, rowsAbove: null };
  const { hits, rowsSearched } = rankAnswer(open, [0.5, 0.5, 0.5, 0.9], OPTIONS);
  assert.deepEqual(
    hits.map(({ rank, id, score }) => [rank, id, score]),
    [
      [1, 2, 0.9],
      [2, 3, 0.5],
      [3, 4, 0.5],
    ],
  );
  assert.equal(rowsSearched, 99);
  assert.deepEqual(
    hits.map((hit) => [hit.facesBehindProbe, hit.facesBehindTemplate, hit.rowsInGroup]),
    [
      [3, 2, 2],
      [3, 3, 2],
      [3, 4, 2],
    ],
  );
});

test('the margin is to the next hit of somebody else', () => {
  // Faces of the identities 1, 1, 2, 1, 3.
  const candidates = [1, 1, 2, 1, 3].map((identity, index) => candidate(index, 100 + index, identity));
  const scores = [0.875, 0.75, 0.5, 0.25, 0.125];
  const { hits } = rankAnswer({ candidates, rowsSearched: 5, rowsAbove: null }, scores, OPTIONS);
  assert.deepEqual(
    hits.map(({ margin }) => margin),
    [0.375, 0.25, 0.25, 0.125, null],
  );
});

test('the first hit that is left out still gives the last one its margin', () => {
  const candidates = [1, 2, 3].map((identity) => candidate(identity, identity, identity));
  const open = { candidates, rowsSearched: 3, rowsAbove: null };
  const { hits } = rankAnswer(open, [0.75, 0.5, 0.25], { ...OPTIONS, limit: 2 });
  assert.deepEqual(
    hits.map(({ id, margin }) => [id, margin]),
    [
      [1, 0.25],
      [2, 0.25],
    ],
  );
});

test('a minimum keeps scores that equal it', () => {
  const candidates = [1, 2, 3].map((identity) => candidate(identity, identity, identity));
  const open = { candidates, rowsSearched: 3, rowsAbove: 2 };
  const { hits, rowsAbove } = rankAnswer(open, [0.75, 0.5, 0.25], { ...OPTIONS, minimumScore: 0.5 });
  assert.deepEqual(
    hits.map(({ id, margin }) => [id, margin]),
    [
      [1, 0.25],
      [2, null],
    ],
  );
  assert.equal(rowsAbove, 2);
});
