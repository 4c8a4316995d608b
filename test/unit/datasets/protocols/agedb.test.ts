import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { openAgeDb, parseAgeDbName } from '../../../../src-main/datasets/protocols/agedb.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tinyPng, writeFiles } from '../../../support/tiny-png.ts';

const SILENT = ProgressToken.silent();

test('names, worked by hand', () => {
  assert.deepEqual(parseAgeDbName('0_MariaCallas_35_f.jpg'), {
    person: 'MariaCallas',
    ageYears: 35,
    gender: 'f',
  });
  assert.deepEqual(parseAgeDbName('12_Jean_Luc_P_101_M.JPG'), {
    person: 'Jean_Luc_P',
    ageYears: 101,
    gender: 'm',
  });
  for (const name of ['MariaCallas_35_f.jpg', '1_A_x_f.jpg', '1_A_35.jpg', '1_A_35_q.jpg']) {
    assert.equal(parseAgeDbName(name), null, name);
  }
});

/** 20 people with photographs at ages 20, 21, 50 and 51. */
function album(): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  let id = 0;
  for (let person = 0; person < 20; person++) {
    for (const age of [20, 21, 50, 51]) {
      files[`${id++}_Person${person}_${age}_${person % 2 ? 'f' : 'm'}.png`] = tinyPng(4, 4, id);
    }
  }
  return files;
}

test('ten folds of pairs exactly thirty years apart that share no person', async (context) => {
  const root = join(await temporaryFolder(context), 'AgeDB');
  await writeFiles(root, { ...album(), 'readme.txt': 'x', 'portrait.png': tinyPng(4, 4, 1) });
  const set = await openAgeDb(root, 3, SILENT);
  // Two people a fold: each has 20–50 and 21–51; of two people there are 2 × 2 such pairs.
  assert.equal(set.pairs.length, 10 * 8);
  const ageOf = (face: number): number => parseAgeDbName(set.faces.names[face])?.ageYears ?? 0;
  const foldOf = new Map<number, number>();
  for (const { left, right, isGenuine, fold } of set.pairs) {
    assert.equal(Math.abs(ageOf(left) - ageOf(right)), 30);
    const [a, b] = [left, right].map((face) => set.subjects?.[face] ?? -1);
    assert.equal(a === b, isGenuine);
    for (const person of [a, b]) {
      assert.equal(foldOf.get(person) ?? fold, fold, 'a person stands in one fold');
      foldOf.set(person, fold);
    }
  }
  assert.deepEqual(set.leftOut.map(({ path, reason }) => `${path} ${reason}`).sort(), [
    'portrait.png is not named id_name_age_gender',
    'readme.txt has no image ending',
  ]);
  assert.match(set.notes[0], /seed 3: 10 folds .*, 4 genuine .* \(the protocol asks for 300\)/);
  assert.deepEqual((await openAgeDb(root, 3, SILENT)).pairs, set.pairs, 'the same seed draws the same pairs');
  assert.notDeepEqual((await openAgeDb(root, 4, SILENT)).pairs, set.pairs);
});

test('a folder without such names or pairs is refused', async (context) => {
  const root = await temporaryFolder(context);
  await writeFiles(root, { 'a.png': tinyPng(4, 4, 1) });
  await assert.rejects(openAgeDb(root, 1, SILENT), {
    code: 'bad-dataset',
    message: /no picture named id_name_age_gender/,
  });
  await writeFiles(root, { '1_A_20_f.png': tinyPng(4, 4, 1), '2_A_49_f.png': tinyPng(4, 4, 2) });
  await assert.rejects(openAgeDb(root, 1, SILENT), { code: 'bad-dataset', message: /30 years apart/ });
});
