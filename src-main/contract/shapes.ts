// Shapes that several requests share: names, paths, numbers within limits.

import * as v from 'valibot';

const LONGEST_PATH = 4096;
const LONGEST_LINE = 200;

/** Takes no request at all. */
export const nothing = v.strictObject({});

/** A run's name; also the name of its folder, so it can be no path. */
export const runName = v.pipe(
  v.string(),
  v.regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u, 'a name is letters, digits, ".", "_" and "-"'),
);

/** A gallery's name; also the name of its folder, so it can be no path. */
export const galleryName = v.pipe(
  v.string(),
  v.regex(/^[\p{L}\p{N}][\p{L}\p{N}._ -]{0,99}$/u, 'a name is letters, digits, spaces, ".", "_" and "-"'),
);

export const teacherName = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'a name is lower-case letters, digits, ".", "_" and "-"'),
);

/** A file or folder of this machine, from its root. */
export const absolutePath = v.pipe(
  v.string(),
  v.maxLength(LONGEST_PATH),
  v.regex(/^(\/|[A-Za-z]:[\\/])/, 'a path starts at the root'),
  v.check((path) => !path.includes('\0'), 'a path holds no zero byte'),
);

/** A spreadsheet that is to be written. */
export const csvPath = v.pipe(absolutePath, v.endsWith('.csv', 'the file ends in .csv'));

export const line = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.maxLength(LONGEST_LINE),
  v.regex(/^[^\p{Cc}]*$/u, 'one line, without control characters'),
);

export const identifier = v.pipe(v.string(), v.regex(/^[0-9a-f-]{8,64}$/));

export function integer(smallest: number, largest: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(smallest), v.maxValue(largest));
}

export function within(smallest: number, largest: number) {
  return v.pipe(v.number(), v.finite(), v.minValue(smallest), v.maxValue(largest));
}

/** FaceBN: how batch-norm statistics are estimated on the faces at hand. */
export const faceBnSettings = v.strictObject({
  mode: v.picklist(['calibrated', 'pooled']),
  gamma: within(0, 1),
  lambda: within(0, 1),
  batchSize: integer(2, 1_000_000),
  minBatch: integer(2, 1_000_000),
});
