// What two processes say to each other: calls, their progress and outcome, cancellations, announcements.

import type { ProgressReport } from '../../common/progress.ts';

/** A failure as it crosses a process boundary. `code` is one of common/errors.ts, or `internal` for what nobody expected. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly code: string;
}

export type Message =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'progress'; readonly id: number; readonly report: ProgressReport }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'event'; readonly name: string; readonly value: unknown };

/** A message with its number in this direction, from 1: a gap means that something was lost on the way. */
export interface Envelope {
  readonly sequence: number;
  readonly message: Message;
}

const KINDS: readonly Message['kind'][] = ['call', 'progress', 'result', 'error', 'cancel', 'event'];

/** Whether a value that arrived is an envelope at all; what it carries is for the receiver to check. */
export function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null) return false;
  const { sequence, message } = value as Partial<Envelope>;
  if (!Number.isSafeInteger(sequence) || typeof message !== 'object' || message === null) return false;
  const { kind } = message;
  if (!KINDS.includes(kind)) return false;
  return kind === 'event' ? typeof message.name === 'string' : Number.isSafeInteger(message.id);
}
