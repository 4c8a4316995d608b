// A process that writes a file atomically, for tests that limit what it may write: path, byte value, number of bytes.

import { GlimpseError } from '../../src-main/common/errors.ts';
import { writeFileAtomically } from '../../src-main/common/files.ts';

const [path, value, bytes] = process.argv.slice(2);
try {
  await writeFileAtomically(path, new Uint8Array(Number(bytes)).fill(Number(value)));
  process.stdout.write('written');
} catch (error) {
  process.stdout.write(error instanceof GlimpseError ? `${error.code}: ${error.message}` : String(error));
  process.exitCode = 1;
}
