// Every call of the window: known channel, request within its guard, handler, reply. Nothing else gets in or out.

import * as v from 'valibot';
import { GlimpseError, messageOf } from '../common/errors.ts';
import type { Failure, Reply } from '../contract/bridge.ts';
import { CHANNELS, type ChannelName, isChannel, type Request, type Response } from '../contract/channels.ts';

export type HandlerTable = {
  readonly [C in ChannelName]: (request: Request<C>) => Promise<Response<C>> | Response<C>;
};

export class Dispatcher {
  readonly #handlers: HandlerTable;
  readonly #onUnexpected: (channel: string, error: unknown) => void;

  /** `onUnexpected` hears of failures that nobody foresaw: the window is told no more than that there was one. */
  constructor(handlers: HandlerTable, onUnexpected: (channel: string, error: unknown) => void) {
    this.#handlers = handlers;
    this.#onUnexpected = onUnexpected;
  }

  /** Never rejects: what comes from a window is hostile until it has passed its guard. */
  async dispatch(channel: unknown, request: unknown): Promise<Reply<unknown>> {
    if (!isChannel(channel)) return refuse('there is no such channel');
    const parsed = v.safeParse(CHANNELS[channel].request, request, { abortEarly: true });
    if (!parsed.success) return refuse(describeIssue(channel, parsed.issues[0]));
    try {
      const handler = this.#handlers[channel] as (request: unknown) => unknown;
      return { ok: true, value: await handler(parsed.output) };
    } catch (error) {
      return { ok: false, error: this.#failureOf(channel, error) };
    }
  }

  #failureOf(channel: string, error: unknown): Failure {
    if (error instanceof GlimpseError) return { code: error.code, message: error.message };
    this.#onUnexpected(channel, error);
    return { code: 'internal', message: messageOf(error) };
  }
}

function refuse(message: string): Reply<never> {
  return { ok: false, error: { code: 'bad-usage', message } };
}

function describeIssue(channel: ChannelName, issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return `${channel}: ${path === null ? '' : `${path}: `}${issue.message}`;
}
