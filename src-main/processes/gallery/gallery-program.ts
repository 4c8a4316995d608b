// How the gallery process is started.

import { fileURLToPath } from 'node:url';
import type { ServiceProgram } from '../launcher.ts';

export const GALLERY_PROGRAM: ServiceProgram = {
  name: 'the gallery',
  entry: fileURLToPath(new URL('./gallery-process.ts', import.meta.url)),
  // Where the parent has the engine's: this process gives memory back.
  environment: { GLIBC_TUNABLES: '' },
};
