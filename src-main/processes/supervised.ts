// A service that is started when it is first asked, and anew after it has ended: its callers hold this, never the process.

import type { Launcher, RunningService, ServiceProgram } from './launcher.ts';
import type { CallOptions, Client } from './rpc/client.ts';
import type { EventName, MethodName, Params, Result, Service } from './rpc/methods.ts';

export interface SupervisedState {
  readonly state: 'starting' | 'ready' | 'ended';
  /** How the last process ended, where nobody asked it to. */
  readonly lastEnd: string | null;
  readonly pid: number | null;
}

export class Supervised<S extends Service> {
  readonly #launch: Launcher;
  readonly #program: () => ServiceProgram;
  readonly #onChange: () => void;
  readonly #greet: (client: Client<S>) => Promise<unknown>;
  readonly #listeners = new Map<string, Set<(value: unknown) => void>>();
  #running: RunningService<S> | null = null;
  #state: SupervisedState = { state: 'ended', lastEnd: null, pid: null };

  /** `program` is asked at each start: its environment may have changed. Once `greet` is answered, the service is ready. */
  constructor(
    launch: Launcher,
    program: () => ServiceProgram,
    greet: (client: Client<S>) => Promise<unknown>,
    onChange: () => void,
  ) {
    this.#launch = launch;
    this.#program = program;
    this.#greet = greet;
    this.#onChange = onChange;
  }

  get state(): SupervisedState {
    return this.#state;
  }

  /** Starts the process where it does not run. Rejects with `lost-process` when it ends before it answered. */
  call<M extends MethodName<S>>(
    method: M,
    params: Params<S, M>,
    options: CallOptions = {},
  ): Promise<Result<S, M>> {
    return this.#ensureRunning().client.call(method, params, options);
  }

  /** Hears this process and every later one. */
  on<E extends EventName<S>>(name: E, listener: (value: S['events'][E]) => void): void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener as (value: unknown) => void));
    this.#running?.client.on(name, listener);
  }

  start(): void {
    this.#ensureRunning();
  }

  /** Ends the process; the next call starts another. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    await running.stop();
    if (this.#running === null) this.#become({ state: 'ended', lastEnd: null, pid: null });
  }

  #ensureRunning(): RunningService<S> {
    if (this.#running !== null) return this.#running;
    const running = this.#launch<S>(this.#program());
    this.#running = running;
    this.#become({ ...this.#state, state: 'starting', pid: running.pid });
    for (const [name, listeners] of this.#listeners) {
      for (const listener of listeners) running.client.on(name as EventName<S>, listener);
    }
    this.#greet(running.client)
      .then(() => {
        if (this.#running === running) this.#become({ state: 'ready', lastEnd: null, pid: running.pid });
      })
      // Its end is told below.
      .catch(() => {});
    void running.ended.then((how) => {
      if (this.#running !== running) return;
      this.#running = null;
      this.#become({ state: 'ended', lastEnd: how, pid: null });
    });
    return running;
  }

  #become(state: SupervisedState): void {
    this.#state = state;
    this.#onChange();
  }
}
