// One picture to enrol, and what is known of it before anybody looks.

import type { LeftOut } from '../entries.ts';

export interface SourceItem {
  /** The file, absolute. */
  readonly path: string;
  /** As people know it: relative to the folder or manifest it came from. */
  readonly name: string;
  /** Null for an unknown person. */
  readonly subject: string | null;
  readonly camera: string | null;
  /** Milliseconds since 1970, UTC; null where nobody knows. */
  readonly capturedAtMs: number | null;
  readonly tags: readonly string[];
  /** Pictures with the same track show one person in one camera's unbroken view; null leaves that open. */
  readonly track: string | null;
}

/** Items in the order in which they are enrolled, and what was refused. */
export interface SourceList {
  readonly items: readonly SourceItem[];
  readonly leftOut: readonly LeftOut[];
}

export const UNKNOWN_ORIGIN = {
  subject: null,
  camera: null,
  capturedAtMs: null,
  tags: [],
  track: null,
} as const satisfies Partial<SourceItem>;
