// Expected failures of Glimpse: one error class with a closed list of codes.

/** Every code an expected failure may carry; the command line maps `bad-usage` to exit code 2, the rest to 1. */
export const ERROR_CODES = [
  'bad-usage',
  'not-found',
  'bad-image',
  'bad-dataset',
  'bad-model',
  'bad-checkpoint',
  'bad-data',
  'disk-full',
  'not-finite',
  'cancelled',
  'unsupported',
  'missing-runtime',
  'lost-process',
  'in-use',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** An expected failure: its message is one sentence that names the rule, the value received and the file. */
export class GlimpseError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GlimpseError';
    this.code = code;
  }
}

/** Throws `GlimpseError(code)` unless the condition holds. */
export function ensure(condition: unknown, code: ErrorCode, message: string): asserts condition {
  if (!condition) throw new GlimpseError(code, message);
}

/** The `code` of a Node system error (`ENOENT`, `ENOSPC`, …), or null. */
export function systemCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** A human sentence for anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
