// How the vectors of one embedding space lie in memory: blocks of rows, each a few planes and columns.

import { ensure } from '../../common/errors.ts';
import { TOUCH_AHEAD_BYTES } from './kernels/score-halves.ts';

/**
 * `exact`: float32 rows, cut into an upper plane (bfloat16, which a search reads) and a lower plane (what is left, which
 * only the best rows need): nothing is lost, and a scan reads half the bytes.
 * `compact`: signed bytes and a scale per row, a quarter of the memory; the float32 rows stay in the database.
 */
export type Encoding = 'exact' | 'compact';

/** Rows that a thread takes at a time; blocks hold whole chunks, so no chunk crosses two blocks. */
export const CHUNK_ROWS = 1024;
/** Kernels read whole 16-value groups; the rest of a row is zero. */
const VALUES_PER_GROUP = 16;
const BLOCK_BYTES = 2 ** 27;
const PAGE_BYTES = 65_536;
const MOST_DIMENSION = 4096;

export interface SpaceLayout {
  readonly encoding: Encoding;
  /** D of the embeddings. */
  readonly dimension: number;
  /** D rounded up to whole groups. */
  readonly paddedDimension: number;
  readonly rowsPerBlock: number;
}

/** What a block's two buffers are: structured clones of it share the memory, also across threads. */
export interface BlockHandle {
  readonly vectors: WebAssembly.Memory;
  readonly columns: SharedArrayBuffer;
}

/**
 * Throws `bad-data` for a dimension outside 1…4096.
 * @param rowsPerBlock a multiple of `CHUNK_ROWS`; by default what fits in 128 MiB, reserved but not resident until written
 */
export function spaceLayout(dimension: number, encoding: Encoding, rowsPerBlock?: number): SpaceLayout {
  ensure(
    Number.isInteger(dimension) && dimension >= 1 && dimension <= MOST_DIMENSION,
    'bad-data',
    `an embedding has 1 to ${MOST_DIMENSION} dimensions, not ${dimension}`,
  );
  const paddedDimension = Math.ceil(dimension / VALUES_PER_GROUP) * VALUES_PER_GROUP;
  const rows = rowsPerBlock ?? wholeChunks(BLOCK_BYTES / bytesPerRow(encoding, paddedDimension));
  ensure(
    Number.isInteger(rows) && rows > 0 && rows % CHUNK_ROWS === 0,
    'bad-data',
    `a block holds a multiple of ${CHUNK_ROWS} rows, not ${rows}`,
  );
  return { encoding, dimension, paddedDimension, rowsPerBlock: rows };
}

function wholeChunks(rows: number): number {
  return Math.max(1, Math.floor(rows / CHUNK_ROWS)) * CHUNK_ROWS;
}

function bytesPerRow(encoding: Encoding, paddedDimension: number): number {
  return encoding === 'exact' ? 4 * paddedDimension : paddedDimension + 8;
}

/** Byte offsets of the parts of a block's vector memory. */
export function planeOffsets(layout: SpaceLayout): { second: number; third: number; end: number } {
  const { encoding, paddedDimension, rowsPerBlock } = layout;
  if (encoding === 'exact') {
    const plane = 2 * paddedDimension * rowsPerBlock;
    return { second: plane, third: 2 * plane, end: 2 * plane };
  }
  const codes = paddedDimension * rowsPerBlock;
  return { second: codes, third: codes + 4 * rowsPerBlock, end: codes + 8 * rowsPerBlock };
}

/** Memory for one more block; zero everywhere, and resident only where it is written. */
export function allocateBlock(layout: SpaceLayout): BlockHandle {
  const pages = Math.ceil((planeOffsets(layout).end + TOUCH_AHEAD_BYTES + 256) / PAGE_BYTES);
  return {
    vectors: new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }),
    columns: new SharedArrayBuffer(COLUMN_BYTES_PER_ROW * layout.rowsPerBlock),
  };
}

/** Eleven columns: one of 8 bytes, ten of 4. */
const COLUMN_BYTES_PER_ROW = 8 + 10 * 4;
