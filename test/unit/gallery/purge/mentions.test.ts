import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Mentions } from '../../../../src-main/gallery/purge/mentions.ts';

test('names are replaced as whole words, in any case', () => {
  const mentions = new Mentions(['Ann Lee', 'Bo'], []);
  assert.equal(mentions.replaceIn('with ann lee, 1999; ANN LEE!'), 'with [purged], 1999; [purged]!');
  assert.equal(mentions.replaceIn('Ann Leeds and Joann Lee'), 'Ann Leeds and Joann Lee');
  assert.equal(mentions.replaceIn('/home/Ann Lee/1.jpg'), '/home/[purged]/1.jpg');
  assert.equal(mentions.replaceIn('Bo came'), 'Bo came', 'two letters are a word like any other');
  assert.equal(mentions.replaceIn(' bo '), '[purged]', 'but not as the whole text');
});

test('of two names the longer one, and one beside the other', () => {
  const mentions = new Mentions(['Ann', 'Ann Lee', "O'Neil"], []);
  assert.equal(mentions.replaceIn("Ann Lee, Ann, O'Neil."), '[purged], [purged], [purged].');
});

test('paths count anywhere; nothing to find leaves the text as it is', () => {
  const mentions = new Mentions([], ['/cam/3.jpg']);
  assert.equal(mentions.replaceIn('see /cam/3.jpg and /cam/33.jpg'), 'see [purged] and /cam/33.jpg');
  assert.equal(new Mentions([], []).replaceIn('Ann'), 'Ann');
});

test('names of signs, of other scripts and of patterns', () => {
  const mentions = new Mentions(['$1', 'a.*b', '李雷', "'); DROP TABLE x;--"], []);
  assert.equal(mentions.replaceIn('$1'), '[purged]');
  assert.equal(mentions.replaceIn('acccb and a.*b'), 'acccb and [purged]');
  assert.equal(mentions.replaceIn('李雷'), '[purged]');
  assert.equal(mentions.replaceIn("it says '); DROP TABLE x;-- there"), 'it says [purged] there');
});
