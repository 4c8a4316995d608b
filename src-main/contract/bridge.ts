// What a shell puts before the window: `call` and `on`, and nothing else.

import type { ChannelName, Request, Response } from './channels.ts';
import type { EventName, Events } from './events.ts';

/** An expected failure carries a closed code of common/errors.ts; anything else is `internal`. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

export type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Failure };

export interface Bridge {
  call<C extends ChannelName>(channel: C, request: Request<C>): Promise<Reply<Response<C>>>;
  /** Returns what ends the listening. */
  on<E extends EventName>(event: E, listener: (value: Events[E]) => void): () => void;
}

/** The name under which Electron's preload exposes its bridge. */
export const BRIDGE_NAME = 'glimpse';

/** Electron's two wires. */
export const CALL_WIRE = 'glimpse:call';
export const EVENT_WIRE = 'glimpse:event';
