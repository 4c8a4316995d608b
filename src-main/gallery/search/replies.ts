// Requests to a worker thread that wait for their reply: numbered, settled once, failed together when the thread dies.

import type { Worker } from 'node:worker_threads';
import { GlimpseError, messageOf } from '../../common/errors.ts';
import type { FailedReply } from './protocol.ts';

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/** `Reply` is what the thread answers with when it succeeds. */
export class Replies<Reply extends { readonly id: number; readonly kind: string }> {
  readonly #waiting = new Map<number, Waiting<Reply>>();
  #nextId = 0;
  #death: Error | null = null;

  /** Listens to the thread from now on. */
  constructor(worker: Worker, what: string) {
    worker.on('message', (message: Reply | FailedReply) => this.#settle(message));
    worker.on('error', (error) => this.#die(new Error(`${what} failed: ${messageOf(error)}`)));
    worker.on('exit', () => this.#die(new GlimpseError('cancelled', `${what} was closed`)));
  }

  /** Sends a request under a number of its own and waits for the reply to it. */
  request(send: (id: number) => void): Promise<Reply> {
    if (this.#death !== null) return Promise.reject(this.#death);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      send(id);
    });
  }

  #settle(message: Reply | FailedReply): void {
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    this.#waiting.delete(message.id);
    if (isFailure(message)) waiting.reject(errorOf(message));
    else waiting.resolve(message);
  }

  #die(error: Error): void {
    this.#death ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#death);
    this.#waiting.clear();
  }
}

/** What a thread answers with when it fails. */
export function failureReply(id: number, error: unknown): FailedReply {
  const code = error instanceof GlimpseError ? error.code : null;
  return { kind: 'failed', id, code, message: messageOf(error) };
}

function isFailure(message: { readonly kind: string }): message is FailedReply {
  return message.kind === 'failed';
}

function errorOf({ code, message }: FailedReply): Error {
  return code === null ? new Error(message) : new GlimpseError(code, message);
}
