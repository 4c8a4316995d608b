import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { npyHeader, parseNpyHeader } from '../../../src-main/common/npy.ts';

test('headers end on a multiple of 64 bytes, as NumPy wants them, and are read back', () => {
  for (const shape of [[0], [3], [2, 8], [1_000_000, 512]]) {
    const header = npyHeader('<f4', shape);
    assert.equal(header.length % 64, 0);
    assert.equal(header.at(-1), 10);
    const bytes = shape.reduce((product, extent) => product * extent, 4);
    assert.deepEqual(parseNpyHeader(header, header.length + bytes, 'x'), {
      type: '<f4',
      shape,
      offset: header.length,
    });
  }
  // By hand: NumPy's own header for this shape, 128 bytes, of which 118 = 0x76 ('v') come after the length.
  const text = `{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }`;
  assert.equal(npyHeader('<i8', [3]).toString('latin1'), `\x93NUMPY\x01\0v\0${text.padEnd(117)}\n`);
});

test('other types, orders, sizes and files are refused by name', () => {
  const good = npyHeader('<f4', [2, 8]);
  const refused = (start: Buffer, bytes: number, message: RegExp): void => {
    assert.throws(() => parseNpyHeader(start, bytes, 'v.npy'), { code: 'bad-data', message });
  };
  refused(Buffer.from('no npy at all, truly'), 20, /v\.npy is no \.npy file/);
  refused(good, good.length + 63, /has 191 bytes, its shape \(2, 8\) takes 192/);
  refused(good.subarray(0, 40), 40, /cut off/);
  const swap = (from: string, to: string): Buffer =>
    Buffer.from(good.toString('latin1').replace(from, to), 'latin1');
  refused(swap("'<f4'", "'|O4'"), 192, /other numbers than/);
  refused(swap('False', 'True '), 192, /other numbers than/);
});

test('NumPy reads them, where there is NumPy', (context) => {
  const script = `import io,sys,numpy; a=numpy.load(io.BytesIO(sys.stdin.buffer.read())); print(a.dtype, a.shape, a[1][2])`;
  const values = Float32Array.from({ length: 6 }, (_, at) => at);
  const input = Buffer.concat([npyHeader('<f4', [2, 3]), Buffer.from(values.buffer)]);
  try {
    execFileSync('python3', ['-c', 'import numpy'], { stdio: 'ignore' });
  } catch {
    context.skip('no NumPy here');
    return;
  }
  assert.equal(execFileSync('python3', ['-c', script], { input, encoding: 'utf8' }), 'float32 (2, 3) 5.0\n');
});
