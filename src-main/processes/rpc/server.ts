// The answering end: runs the called method, passes on its progress, cancels it when asked.

import { GlimpseError } from '../../common/errors.ts';
import { ProgressToken } from '../../common/progress.ts';
import { Connection } from './connection.ts';
import type { Message, WireError } from './messages.ts';
import type { EventName, Handlers, Service } from './methods.ts';
import type { Transport } from './transport.ts';

export interface Server<S extends Service> {
  announce<E extends EventName<S>>(name: E, value: S['events'][E]): void;
  close(): void;
}

/** `onClose` hears that the caller is gone; calls that were running have been cancelled by then. */
export function serve<S extends Service>(
  transport: Transport,
  handlers: Handlers<S>,
  onClose: (reason: string) => void = () => {},
): Server<S> {
  const running = new Map<number, AbortController>();
  const known = handlers as Readonly<Record<string, (params: unknown, token: ProgressToken) => unknown>>;

  const answer = async (id: number, method: string, params: unknown): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    const token = new ProgressToken(
      (report) => connection.send({ kind: 'progress', id, report }),
      controller.signal,
    );
    try {
      if (!Object.hasOwn(known, method))
        throw new GlimpseError('unsupported', `there is no method ${JSON.stringify(method)}`);
      connection.send({ kind: 'result', id, value: await known[method](params, token) });
    } catch (error) {
      connection.send({ kind: 'error', id, error: toWire(error) });
    } finally {
      running.delete(id);
    }
  };

  const connection = new Connection(
    transport,
    (message: Message) => {
      if (message.kind === 'call') void answer(message.id, message.method, message.params);
      if (message.kind === 'cancel') running.get(message.id)?.abort();
    },
    (reason) => {
      for (const controller of running.values()) controller.abort();
      onClose(reason);
    },
  );
  return {
    announce: (name, value) => connection.send({ kind: 'event', name, value }),
    close: () => connection.close(),
  };
}

function toWire(error: unknown): WireError {
  if (error instanceof GlimpseError) return { name: error.name, message: error.message, code: error.code };
  if (error instanceof Error) return { name: error.name, message: error.message, code: 'internal' };
  return { name: 'Error', message: String(error), code: 'internal' };
}
