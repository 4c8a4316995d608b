// The types of a service: what can be called, with what, and what it announces.

import type { ProgressToken } from '../../common/progress.ts';

/** Method name → parameters and result; event name → value. Everything survives a structured clone. */
export interface Service {
  readonly methods: Readonly<Record<string, { readonly params: unknown; readonly result: unknown }>>;
  readonly events: Readonly<Record<string, unknown>>;
}

export type MethodName<S extends Service> = keyof S['methods'] & string;
export type Params<S extends Service, M extends MethodName<S>> = S['methods'][M]['params'];
export type Result<S extends Service, M extends MethodName<S>> = S['methods'][M]['result'];
export type EventName<S extends Service> = keyof S['events'] & string;

/** One function per method. Long ones report to the token and stop when its signal is aborted. */
export type Handlers<S extends Service> = {
  readonly [M in MethodName<S>]: (
    params: Params<S, M>,
    progress: ProgressToken,
  ) => Promise<Result<S, M>> | Result<S, M>;
};
