// The asking end: typed calls with progress and cancellation, and the announcements of the other side.

import { ERROR_CODES, type ErrorCode, GlimpseError } from '../../common/errors.ts';
import type { ProgressSink, ProgressToken } from '../../common/progress.ts';
import { Connection } from './connection.ts';
import type { Message, WireError } from './messages.ts';
import type { EventName, MethodName, Params, Result, Service } from './methods.ts';
import type { Transport } from './transport.ts';

export interface CallOptions {
  readonly onProgress?: ProgressSink;
  readonly signal?: AbortSignal;
}

interface Pending {
  readonly method: string;
  readonly onProgress: ProgressSink;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class Client<S extends Service> {
  readonly #name: string;
  readonly #connection: Connection;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, Set<(value: unknown) => void>>();
  #calls = 0;
  #closedBecause: string | null = null;

  /** `name` is what messages call the other side: `the engine`. */
  constructor(transport: Transport, name: string) {
    this.#name = name;
    this.#connection = new Connection(
      transport,
      (message) => this.#receive(message),
      (reason) => this.#lose(reason),
    );
  }

  /**
   * Rejects with the other side's GlimpseError, with `cancelled` once the signal was obeyed, or with `lost-process` when the
   * other side ended before it answered.
   */
  call<M extends MethodName<S>>(
    method: M,
    params: Params<S, M>,
    options: CallOptions = {},
  ): Promise<Result<S, M>> {
    if (this.#closedBecause !== null) return Promise.reject(this.#lost(method, this.#closedBecause));
    this.#calls++;
    const id = this.#calls;
    const { signal, onProgress = () => {} } = options;
    const cancel = (): void => this.#connection.send({ kind: 'cancel', id });
    return new Promise<Result<S, M>>((resolve, reject) => {
      const settle = (): void => {
        this.#pending.delete(id);
        signal?.removeEventListener('abort', cancel);
      };
      this.#pending.set(id, {
        method,
        onProgress,
        resolve: (value) => {
          settle();
          resolve(value as Result<S, M>);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      this.#connection.send({ kind: 'call', id, method, params });
      if (signal?.aborted) cancel();
      else signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  /** A call under a progress token of this side. */
  callUnder<M extends MethodName<S>>(
    method: M,
    params: Params<S, M>,
    progress: ProgressToken,
  ): Promise<Result<S, M>> {
    return this.call(method, params, { onProgress: progress.sink, signal: progress.signal });
  }

  /** Returns what ends the listening. */
  on<E extends EventName<S>>(name: E, listener: (value: S['events'][E]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener as (value: unknown) => void));
    return () => void listeners.delete(listener as (value: unknown) => void);
  }

  close(): void {
    this.#connection.close();
    this.#lose('was closed');
  }

  #receive(message: Message): void {
    if (message.kind === 'event') {
      for (const listener of this.#listeners.get(message.name) ?? []) listener(message.value);
      return;
    }
    const pending = this.#pending.get(message.id);
    if (message.kind === 'progress') pending?.onProgress(message.report);
    if (message.kind === 'result') pending?.resolve(message.value);
    if (message.kind === 'error') pending?.reject(fromWire(message.error));
  }

  #lose(reason: string): void {
    this.#closedBecause ??= reason;
    for (const pending of [...this.#pending.values()]) pending.reject(this.#lost(pending.method, reason));
  }

  #lost(method: string, reason: string): GlimpseError {
    return new GlimpseError('lost-process', `${this.#name} ${reason} before it answered ${method}`);
  }
}

/** Expected failures come back as what they were; the others keep name and message. */
function fromWire({ name, message, code }: WireError): Error {
  if (ERROR_CODES.includes(code as ErrorCode)) return new GlimpseError(code as ErrorCode, message);
  const error = new Error(message);
  error.name = name;
  return error;
}
