// The window's end of the bridge, in either shell: calls that return a value or throw, and events.

import { BRIDGE_NAME, type Bridge, type Reply } from '../../src-main/contract/bridge.ts';
import type { ChannelName, Request, Response } from '../../src-main/contract/channels.ts';
import type { EventName, Events } from '../../src-main/contract/events.ts';

/** An expected failure: one sentence for a person, and its closed code. */
export class ApiError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
  }
}

export interface Api {
  /** Throws ApiError. */
  call<C extends ChannelName>(channel: C, request: Request<C>): Promise<Response<C>>;
  /** Returns what ends the listening. */
  on<E extends EventName>(event: E, listener: (value: Events[E]) => void): () => void;
}

/** Electron's preload has put its bridge there; the web shell's is made here. */
export function connectApi(): Api {
  const bridge = (window as { [BRIDGE_NAME]?: Bridge })[BRIDGE_NAME] ?? webBridge();
  return {
    call: async (channel, request) => {
      const reply = await bridge.call(channel, request);
      if (reply.ok) return reply.value;
      throw new ApiError(reply.error.code, reply.error.message);
    },
    on: (event, listener) => bridge.on(event, listener),
  };
}

function webBridge(): Bridge {
  const listeners = new Map<string, Set<(value: unknown) => void>>();
  const stream = new EventSource('/events');
  stream.addEventListener('message', ({ data }) => {
    const [name, value] = JSON.parse(String(data)) as [string, unknown];
    for (const listener of listeners.get(name) ?? []) listener(value);
  });
  return {
    call: async (channel, request) => post(channel, request),
    on: (event, listener) => {
      const known = listeners.get(event) ?? new Set();
      listeners.set(event, known.add(listener as (value: unknown) => void));
      return () => void known.delete(listener as (value: unknown) => void);
    },
  };
}

async function post<C extends ChannelName>(channel: C, request: Request<C>): Promise<Reply<Response<C>>> {
  try {
    const response = await fetch('/call', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ channel, request }),
    });
    if (response.ok) return (await response.json()) as Reply<Response<C>>;
    return { ok: false, error: { code: 'lost-process', message: await response.text() } };
  } catch {
    return { ok: false, error: { code: 'lost-process', message: 'Glimpse has ended: open it anew' } };
  }
}
