import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { moveTracks } from '../../../../src-main/gallery/changes/changes.ts';
import { settleDoubt } from '../../../../src-main/gallery/db/queries/settled-doubts.ts';
import { subjectByName } from '../../../../src-main/gallery/db/queries/subjects.ts';
import { readMeaning } from '../../../../src-main/processes/search/measured-meaning.ts';
import { recheckGallery } from '../../../../src-main/processes/search/recheck-job.ts';
import { madeGallery } from '../../../support/made-gallery.ts';
import { enrolSightings, type MadeSighting } from '../../../support/sightings-gallery.ts';

const SILENT = ProgressToken.silent();

/** 40 known people of 4 faces; the last face of person 7 is said to be person 3. */
function mislabelled(people: number): MadeSighting[] {
  return Array.from({ length: people * 4 }, (_, at) => {
    const person = Math.floor(at / 4);
    return { person, subject: `known ${at === 31 ? 3 : person}` };
  });
}

test('a wrong label is first in both lists, with how often strangers score so; found right, it is gone', async (context) => {
  const gallery = await madeGallery(context);
  const space = await enrolSightings(gallery, mislabelled(40));
  const request = { side: 'lr', count: 5, references: [] } as const;
  const { alikeOfDifferent, unlikeOfSame, settled } = await recheckGallery(gallery, request, SILENT);
  const [alike] = alikeOfDifferent;
  assert.deepEqual([alike.left.subject, alike.right.subject].sort(), ['known 3', 'known 7']);
  assert.ok([alike.left.trackId, alike.right.trackId].includes(32));
  assert.ok(alike.score > 0.5 && alike.fmrInterval !== null && alike.fmrInterval.high < 0.01);
  assert.deepEqual([alike.measuredOn?.source, settled], ['gallery', 0]);
  for (const { left, right } of unlikeOfSame.slice(0, 2))
    assert.ok([left.trackId, right.trackId].includes(32), 'it is like nobody of its own name');
  const [unlike] = unlikeOfSame;
  assert.ok(unlike.fmr === null || unlike.fmr > 0.01, 'strangers are as alike as these');
  assert.ok(readMeaning(gallery, { probeSpace: space.id, answerSpace: space.id }) !== null);

  settleDoubt(gallery, { kind: 'alike', one: alike.left.trackId, other: alike.right.trackId });
  for (const { left, right } of unlikeOfSame.slice(0, 2))
    settleDoubt(gallery, { kind: 'unlike', one: left.trackId, other: right.trackId });
  const later = await recheckGallery(gallery, request, SILENT);
  assert.equal(later.settled, 3);
  const people = later.alikeOfDifferent.map(({ left, right }) => [left.subject, right.subject].sort().join());
  assert.ok(!people.includes('known 3,known 7'), 'no other pair of the two people takes its place');
  assert.equal(later.alikeOfDifferent.length, 5);
  assert.equal(later.unlikeOfSame.length, 5);
  assert.ok(
    later.unlikeOfSame.some(({ left, right }) => [left.trackId, right.trackId].includes(32)),
    'other pairs of it stay',
  );

  moveTracks(gallery, [32], { subjectId: subjectByName(gallery.database, 'known 7')?.id as number });
  const mended = await recheckGallery(gallery, request, SILENT);
  assert.ok(
    mended.unlikeOfSame.every(({ score }) => score > 0.3),
    'nobody is unlike themselves any more',
  );
});

test('with too few people the doubts come without a meaning, where that is allowed', async (context) => {
  const gallery = await madeGallery(context);
  await enrolSightings(gallery, mislabelled(10));
  const request = { side: 'lr', count: 3, references: [] } as const;
  await assert.rejects(recheckGallery(gallery, request, SILENT), { code: 'bad-data' });
  const report = await recheckGallery(gallery, { ...request, isMeaningOptional: true }, SILENT);
  assert.deepEqual([report.meanings.length, report.unmeasured.length], [0, 1]);
  const [alike] = report.alikeOfDifferent;
  assert.deepEqual([alike.fmr, alike.fmrInterval, alike.measuredOn], [null, null, null]);
  assert.deepEqual([alike.left.subject, alike.right.subject].sort(), ['known 3', 'known 7']);
});
