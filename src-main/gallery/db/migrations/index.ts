// Every migration, in order. A new one gets a file, a row here, and a test that migrates rows from the version before.

import type { Migration } from '../migrate.ts';
import { initial } from './0001-initial.ts';
import { cases } from './0002-cases.ts';
import { checksums } from './0003-checksums.ts';
import { settledDoubts } from './0004-settled-doubts.ts';
import { sealedCases } from './0005-sealed-cases.ts';
import { jpegCrops } from './0006-jpeg-crops.ts';

export const MIGRATIONS: readonly Migration[] = [
  initial,
  cases,
  checksums,
  settledDoubts,
  sealedCases,
  jpegCrops,
];
