import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import {
  blockOf,
  openInsightfaceBin,
  parseInsightfaceBin,
} from '../../../../src-main/datasets/protocols/insightface-bin.ts';
import { inspectProtocol } from '../../../../src-main/datasets/protocols/inspect-protocol.ts';
import { openProtocol } from '../../../../src-main/datasets/protocols/open-protocol.ts';
import { readFixture } from '../../../support/fixtures.ts';
import { pickledSet, pickleOf } from '../../../support/made-pickle.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tinyPng } from '../../../support/tiny-png.ts';

interface Fixture {
  readonly images: readonly string[];
  readonly flags: readonly boolean[];
  readonly files: Readonly<Record<string, string>>;
}

const FIXTURE = readFixture<Fixture>('pickles.json');
const SILENT = ProgressToken.silent();

for (const [name, content] of Object.entries(FIXTURE.files)) {
  test(`reads ${name}`, () => {
    const { images, isGenuine } = parseInsightfaceBin(Buffer.from(content, 'base64'), 'set.bin');
    assert.deepEqual(
      images.map((image) => Buffer.from(image).toString('base64')),
      FIXTURE.images,
    );
    assert.deepEqual(isGenuine, FIXTURE.flags);
  });
}

test('reads what this machine’s own Python writes, in every protocol', (context) => {
  const script =
    'import pickle,sys;sys.stdout.buffer.write(pickle.dumps(([bytes(range(256))*3,b"",b"ab",b"ab"],[True,False]),int(sys.argv[1])))';
  for (const protocol of [2, 3, 4, 5]) {
    let file: Buffer;
    try {
      file = execFileSync('python3', ['-c', script, String(protocol)], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    } catch {
      context.skip('there is no python3');
      return;
    }
    // Protocol 2 spells empty bytes as a call of bytes(), which no picture needs.
    if (protocol === 2) {
      assert.throws(() => parseInsightfaceBin(file, 'set.bin'), { code: 'bad-dataset' });
      continue;
    }
    const { images, isGenuine } = parseInsightfaceBin(file, 'set.bin');
    assert.deepEqual([images[0].length, images[1].length, isGenuine], [768, 0, [true, false]]);
  }
});

test('hostile pickles are refused by the name of what they would do, and nothing is run', () => {
  const hostile: [string, Buffer, RegExp][] = [
    [
      'GLOBAL',
      pickleOf('\x80\x02', 'cos\nsystem\n', '(U\x02ls', 'tR.'),
      /byte 2: .* GLOBAL, which would import "os.system": refused/,
    ],
    [
      'STACK_GLOBAL',
      pickleOf('\x80\x04', '\x8c\x02os', '\x8c\x06system', '\x93.'),
      /STACK_GLOBAL, which would import "os.system": refused/,
    ],
    ['builtins', pickleOf('\x80\x03', 'cbuiltins\neval\n', '.'), /would import "builtins.eval"/],
    [
      'REDUCE of a type',
      pickleOf('\x80\x03', 'cnumpy\nndarray\n', ')R.'),
      /REDUCE, which would call numpy.ndarray: refused/,
    ],
    ['BUILD on a list', pickleOf('\x80\x03', ']Nb.'), /BUILD, which would set the state of a list: refused/],
    [
      'encode to anything but bytes',
      pickleOf('\x80\x02', 'c_codecs\nencode\n', 'X\x01\x00\x00\x00aX\x05\x00\x00\x00utf-8', '\x86R.'),
      /would call _codecs\.encode otherwise than to latin-1: refused/,
    ],
    [
      'a text without end',
      pickleOf('\x80\x02', 'X\x01\x00\x00\x05'),
      /has a text of 83886081 bytes, at most 67108864 are read/,
    ],
    ['INST', pickleOf('\x80\x02', '(ios\nsystem\n.'), /opcode INST, which imports: refused/],
    ['OBJ', pickleOf('\x80\x02', '(o.'), /opcode OBJ, which calls: refused/],
    ['NEWOBJ', pickleOf('\x80\x02', '))\x81.'), /opcode NEWOBJ, which calls: refused/],
    ['NEWOBJ_EX', pickleOf('\x80\x04', ')))\x92.'), /opcode NEWOBJ_EX, which calls: refused/],
    ['EXT1', pickleOf('\x80\x02', '\x82\x01.'), /opcode EXT1, which imports: refused/],
    ['PERSID', pickleOf('\x80\x02', 'Pabc\n.'), /opcode PERSID, which asks outside the file: refused/],
    ['BINPERSID', pickleOf('\x80\x02', 'NQ.'), /opcode BINPERSID, which asks outside the file: refused/],
    ['NEXT_BUFFER', pickleOf('\x80\x05', '\x97.'), /opcode NEXT_BUFFER, which asks outside the file/],
    ['protocol 0', pickleOf('(lp0\n.'), /does not begin with PROTO/],
    ['protocol 6', pickleOf('\x80\x06', 'N.'), /protocol 6, protocols 2 to 5 are read/],
    ['unknown', pickleOf('\x80\x02', '\xff.'), /opcode 0xff, which is no pickle opcode/],
  ];
  for (const [name, file, message] of hostile) {
    assert.throws(() => parseInsightfaceBin(file, 'set.bin'), { code: 'bad-dataset', message }, name);
  }
});

test('damage and wrong counts are named', () => {
  const whole = pickledSet([Buffer.from('a'), Buffer.from('b')], [true]);
  const broken: [Buffer, RegExp][] = [
    [whole.subarray(0, 6), /set\.bin, byte 4: the file is cut off: 1 bytes are announced, 0 are left/],
    [whole.subarray(0, whole.length - 1), /is cut off/],
    [Buffer.alloc(0), /does not begin with PROTO/],
    [pickleOf('\x80\x02', 'B\xff\xff\xff\x7fab.'), /2147483647 bytes are announced, 3 are left/],
    [
      pickleOf('\x80\x04', '\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.'),
      /9223372036854775807 bytes are announced/,
    ],
    [pickleOf('\x80\x04', '\x95\xff\x00\x00\x00\x00\x00\x00\x00N.'), /255 bytes are announced, 2 are left/],
    [pickleOf('\x80\x02', 'e.'), /takes up to a mark that was never set/],
    [pickleOf('\x80\x02', 'a.'), /takes from an empty stack/],
    [pickleOf('\x80\x02', 'h\x05.'), /recalls memo 5, which was never stored/],
    [
      pickledSet([Buffer.from('a')], [true]),
      /there are 1 pictures and 1 flags, expected two pictures for each flag/,
    ],
    [pickledSet([], []), /there are 0 pictures and 0 flags/],
    [pickleOf('\x80\x02', 'N.'), /expected a pair of lists/],
    [pickleOf('\x80\x02', '](NNe](\x88e\x86.'), /picture 1 of 2 is a none, expected bytes/],
    [
      pickleOf('\x80\x02', '](U\x01aU\x01be](K\x07e\x86.'),
      /the second list holds something else than true and false/,
    ],
  ];
  for (const [file, message] of broken) {
    assert.throws(() => parseInsightfaceBin(file, 'set.bin'), { code: 'bad-dataset', message });
  }
});

/** 20 pairs of grey pictures, the last picture of which does not decode. */
function binOf(damage: boolean): Buffer {
  const images = Array.from(
    { length: 40 },
    (_, image) => new Uint8Array(tinyPng(8, 8, 5 * (image >> 1) + (image & 1 && 2))),
  );
  if (damage) images[39] = images[39].subarray(0, 40);
  return pickledSet(
    images,
    Array.from({ length: 20 }, (_, pair) => pair % 2 === 0),
  );
}

test('a file becomes ten folds; equal pictures are one face', async (context) => {
  const path = join(await temporaryFolder(context), 'lfw.bin');
  await writeFile(path, binOf(false));
  const set = await openInsightfaceBin(path, 'lfw');
  assert.deepEqual([set.pairs.length, set.folds, set.faces.names.length], [20, 10, 40]);
  assert.deepEqual(
    set.pairs.slice(0, 4).map(({ fold, isGenuine }) => [fold, isGenuine]),
    [
      [0, true],
      [0, false],
      [1, true],
      [1, false],
    ],
  );
  assert.equal((await set.faces.read(3)).width, 8);
  const repeated = pickledSet(
    Array.from({ length: 40 }, (_, image) => tinyPng(8, 8, image % 4)),
    Array.from({ length: 20 }, (_, pair) => pair % 2 === 0),
  );
  await writeFile(path, repeated);
  assert.equal((await openInsightfaceBin(path, 'lfw')).faces.names.length, 4);
});

test('a picture that does not decode is named, and ends a run only where a fold loses a class', async (context) => {
  const path = join(await temporaryFolder(context), 'lfw.bin');
  await writeFile(path, binOf(true));
  const report = await inspectProtocol('lfw', path, { seed: 1, missingImages: 'refuse' }, SILENT);
  assert.deepEqual(
    report.leftOut.map(({ path: name }) => name),
    ['picture 40'],
  );
  assert.match(report.leftOut[0].reason, /^cannot be decoded/);
  assert.match(report.refusal ?? '', /fold 10 of 10 has no impostor pair left/);
  assert.equal(report.counts.unreadable, 1);
});

test('absent files and wrong forms are bad input', async (context) => {
  const folder = await temporaryFolder(context);
  const options = { seed: 1, missingImages: 'refuse' } as const;
  await assert.rejects(openProtocol('lfw', join(folder, 'no.bin'), options, SILENT), {
    code: 'not-found',
    message: /no\.bin does not exist: lfw is read from a folder with pairs.txt, or a .bin file/,
  });
  await assert.rejects(openProtocol('cfp-fp', folder, options, SILENT), {
    code: 'bad-usage',
    message: /is a folder: cfp-fp is read from a .bin file/,
  });
});

test('blocks of pairs, worked by hand', () => {
  // 23 in 10 blocks: three of 3, seven of 2.
  const sizes = new Array(10).fill(0);
  for (let index = 0; index < 23; index++) sizes[blockOf(index, 23, 10)]++;
  assert.deepEqual(sizes, [3, 3, 3, 2, 2, 2, 2, 2, 2, 2]);
});
