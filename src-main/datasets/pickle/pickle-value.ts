// What a restricted pickle can hold. Nothing in it was imported or called: a rebuild is data about a call never made.

export type PickleValue =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'flag'; readonly value: boolean }
  | { readonly kind: 'none' }
  | { readonly kind: 'tuple' | 'list'; readonly items: PickleValue[] }
  | { readonly kind: 'global'; readonly name: string }
  | PickleRebuild;

/** How an object says it is put together again: a known function's name, its arguments, and the state set afterwards. */
export interface PickleRebuild {
  readonly kind: 'rebuild';
  readonly callable: string;
  readonly given: readonly PickleValue[];
  state: PickleValue | null;
}

/** Text, or Python 2's `str`, which is bytes; null for anything else. */
export function textOf(value: PickleValue | undefined): string | null {
  if (value?.kind === 'text') return value.text;
  return value?.kind === 'bytes' ? Buffer.from(value.bytes).toString('latin1') : null;
}
