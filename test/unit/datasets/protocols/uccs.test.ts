import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import {
  drawClosedSet,
  openUccsClosedSet,
  UCCS_SIZES,
} from '../../../../src-main/datasets/protocols/uccs-closed-set.ts';
import { openUccsOpenSet } from '../../../../src-main/datasets/protocols/uccs-open-set.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { writeFiles } from '../../../support/tiny-png.ts';

const SILENT = ProgressToken.silent();

/** 1,732 subjects with 16,149 faces, some with many: like the whole of UCCS. */
function uccsLabels(): string[] {
  return Array.from({ length: 1732 }, (_, subject) => {
    const faces = subject < 300 ? 24 + (subject % 9) : 5 + (subject % 2);
    return Array.from({ length: faces }, () => String(subject));
  }).flat();
}

test('the draw has 180 subjects, 3,918 training and 907 test faces, and repeats', () => {
  const labels = uccsLabels();
  const draw = drawClosedSet(labels, UCCS_SIZES, 7, 'labels');
  assert.deepEqual([draw.subjects.length, draw.training.length, draw.test.length], [180, 3918, 907]);
  const test = new Set(draw.test);
  assert.ok(
    draw.training.every((row) => !test.has(row)),
    'no face on both sides',
  );
  const subjectsOf = (rows: readonly number[]) => new Set(rows.map((row) => labels[row]));
  assert.deepEqual([...subjectsOf(draw.training)].sort(), draw.subjects);
  assert.deepEqual([...subjectsOf(draw.test)].sort(), draw.subjects, 'everyone is tested');
  assert.deepEqual(drawClosedSet(labels, UCCS_SIZES, 7, 'labels'), draw);
  assert.notDeepEqual(drawClosedSet(labels, UCCS_SIZES, 8, 'labels').subjects, draw.subjects);
});

test('fewer data keep the ratio', () => {
  const labels = Array.from({ length: 60 }, (_, row) => String(row % 6));
  const draw = drawClosedSet(labels, UCCS_SIZES, 1, 'labels');
  assert.deepEqual([draw.subjects.length, draw.training.length, draw.test.length], [6, 49, 11]);
  assert.throws(() => drawClosedSet(['a', 'a', 'b'], UCCS_SIZES, 1, 'labels'), {
    code: 'bad-dataset',
    message: /two subjects with two faces each/,
  });
});

/** Two pictures with a face each at known boxes. */
async function pictures(): Promise<Record<string, Uint8Array>> {
  const picture = async (grey: number) =>
    new Uint8Array(
      await sharp({
        create: { width: 90, height: 60, channels: 3, background: { r: grey, g: grey, b: grey } },
      })
        .png()
        .toBuffer(),
    );
  return {
    'images/a.png': await picture(10),
    'images/b.png': await picture(20),
    'images/c.png': await picture(30),
  };
}

const HEADER = 'FILE,FACE_ID,SUBJECT_ID,FACE_X,FACE_Y,FACE_WIDTH,FACE_HEIGHT';

test('closed set from tables and pictures', async (context) => {
  const root = join(await temporaryFolder(context), 'uccs');
  await writeFiles(root, {
    ...(await pictures()),
    'training.csv': `${HEADER}\na.png,1,7,10,10,20,20\na.png,2,8,50,10,20,22\nb.png,3,7,10,10,20,20\nb.png,4,8,40,10,20,20\nb.png,5,-1,70,1,9,9\nnone.png,6,7,1,1,9,9\nc.png,7,7,x,1,9,9\nc.png,8,7,1,1,0,9\n`,
  });
  const set = await openUccsClosedSet(root, 1, SILENT);
  assert.deepEqual([set.training.length, set.test.length, set.subjectNames], [2, 2, ['7', '8']]);
  assert.deepEqual(
    set.leftOut.map(({ path, reason }) => `${path} ${reason}`),
    [
      'training.csv, line 8: c.png has a box that is not four numbers',
      'training.csv, line 9: c.png has a box of 0×9 pixels',
      'training.csv, line 7: none.png is not there',
    ],
  );
  assert.match(
    set.notes.join('\n'),
    /drawn with seed 1 .*\n.*not comparable with published ones\n1 boxes of unknown people/,
  );
  const face = await set.faces.read(0);
  assert.deepEqual([face.width, face.height, face.data[3000]], [112, 112, 10]);
  assert.equal(await set.faces.problemOf(1), null);
});

test('open set: detections cover faces, miss them, or are false', async (context) => {
  const root = join(await temporaryFolder(context), 'uccs');
  await writeFiles(root, {
    ...(await pictures()),
    'training.csv': `${HEADER}\na.png,1,7,10,10,20,20\na.png,2,8,50,10,20,20\n`,
    'validation.csv': `${HEADER}\nb.png,3,7,10,10,20,20\nb.png,4,9,40,10,20,20\nc.png,5,8,10,10,20,20\nc.png,6,-1,50,10,20,20\n`,
    'detections.csv':
      'FILE,BB_X,BB_Y,BB_WIDTH,BB_HEIGHT,DETECTION_SCORE\nb.png,11,10,20,20,0.9\nb.png,40,11,20,20,0.8\nc.png,50,10,20,20,0.7\nc.png,0,40,15,15,0.6\nb.png,12,10,20,20,0.1\n',
  });
  const set = await openUccsOpenSet(root, SILENT);
  assert.equal(set.gallery.length, 2);
  const probes = set.groups[0].probes
    .map((face) => set.subjects[face])
    .map((subject) => set.subjectNames[subject] ?? null);
  // Two of b's detections lie on the same face: the better one takes it, the other is false.
  assert.deepEqual(probes, ['7', '9', null, null, null]);
  // Subject 8 in picture c is enrolled and was not detected.
  assert.deepEqual(
    set.missedSearches.map(({ subject }) => set.subjectNames[subject]),
    ['8'],
  );
  assert.match(set.notes[1], /5 detections, 2 of them on no face/);
});

test('tables that do not fit are refused', async (context) => {
  const root = join(await temporaryFolder(context), 'uccs');
  await writeFiles(root, await pictures());
  await assert.rejects(openUccsClosedSet(root, 1, SILENT), {
    code: 'bad-dataset',
    message: /holds no CSV file/,
  });
  await writeFiles(root, { 'training.csv': 'FILE,SUBJECT_ID\na.png,7\n' });
  await assert.rejects(openUccsClosedSet(root, 1, SILENT), {
    code: 'bad-dataset',
    message: /no column FACE_X, FACE_Y, FACE_WIDTH, FACE_HEIGHT \(its columns: FILE, SUBJECT_ID\)/,
  });
  await writeFiles(root, { 'training.csv': `${HEADER}\nz.png,1,7,1,1,9,9\n` });
  await assert.rejects(openUccsClosedSet(root, 1, SILENT), {
    code: 'bad-dataset',
    message: /none of the pictures/,
  });
  await writeFiles(root, { 'training.csv': `${HEADER}\na.png,1,7,1,1,9,9\n` });
  await assert.rejects(openUccsOpenSet(root, SILENT), {
    code: 'bad-dataset',
    message: /no table with ids besides the gallery's/,
  });
});
