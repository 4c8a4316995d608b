// Ways for two ends to reach each other, behind one interface.

import type { ChildProcess } from 'node:child_process';
import type { MessagePort } from 'node:worker_threads';
import { fromPlain, toPlain } from './plain-values.ts';

/** One end of a connection. Values arrive whole and in order. */
export interface Transport {
  send(value: unknown): void;
  /** One listener each; set before the first value can arrive. */
  onValue(listener: (value: unknown) => void): void;
  /** `reason` says in a few words how the other end went. */
  onClose(listener: (reason: string) => void): void;
  close(): void;
}

/** How values cross: as structured clones, or as JSON where the two Nodes do not read each other's clones. */
export type Wire = 'clone' | 'json';

/** Tells a child which wire its parent speaks. */
export const WIRE_VARIABLE = 'GLIMPSE_WIRE';

/** The parent's end of a process started with an IPC channel. */
export function childTransport(child: ChildProcess, wire: Wire = 'clone'): Transport {
  const { pack, unpack } = CODERS[wire];
  return {
    // A child that has just died cannot be told; its exit is heard by `onClose`.
    send: (value) => void (child.connected && child.send(pack(value) as object, () => {})),
    onValue: (listener) => void child.on('message', (value) => listener(unpack(value))),
    onClose: (listener) =>
      void child.once('exit', (code, signal) =>
        listener(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
      ),
    close: () => {
      if (child.connected) child.disconnect();
    },
  };
}

/** The child's end of the same. */
export function parentTransport(self: NodeJS.Process): Transport {
  const { pack, unpack } = CODERS[self.env[WIRE_VARIABLE] === 'json' ? 'json' : 'clone'];
  return {
    send: (value) =>
      void (self.connected && self.send?.(pack(value) as object, undefined, undefined, () => {})),
    onValue: (listener) => void self.on('message', (value) => listener(unpack(value))),
    onClose: (listener) => void self.once('disconnect', () => listener('disconnected')),
    close: () => {
      if (self.connected) self.disconnect();
    },
  };
}

/** Either end of a message channel: worker threads, and tests. */
export function portTransport(port: MessagePort): Transport {
  return {
    send: (value) => port.postMessage(value),
    onValue: (listener) => void port.on('message', listener),
    onClose: (listener) => void port.once('close', () => listener('closed')),
    close: () => port.close(),
  };
}

const asItIs = (value: unknown): unknown => value;

const CODERS: Readonly<Record<Wire, { pack(value: unknown): unknown; unpack(value: unknown): unknown }>> = {
  clone: { pack: asItIs, unpack: asItIs },
  json: { pack: toPlain, unpack: fromPlain },
};
