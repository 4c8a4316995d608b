// Ways for two ends to reach each other, behind one interface.

import type { ChildProcess } from 'node:child_process';
import type { MessagePort } from 'node:worker_threads';

/** One end of a connection. Values arrive whole and in order. */
export interface Transport {
  send(value: unknown): void;
  /** One listener each; set before the first value can arrive. */
  onValue(listener: (value: unknown) => void): void;
  /** `reason` says in a few words how the other end went. */
  onClose(listener: (reason: string) => void): void;
  close(): void;
}

/** The parent's end of a process started with an IPC channel. */
export function childTransport(child: ChildProcess): Transport {
  return {
    // A child that has just died cannot be told; its exit is heard by `onClose`.
    send: (value) => void (child.connected && child.send(value as object, () => {})),
    onValue: (listener) => void child.on('message', listener),
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
  return {
    send: (value) => void (self.connected && self.send?.(value as object, undefined, undefined, () => {})),
    onValue: (listener) => void self.on('message', listener),
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
