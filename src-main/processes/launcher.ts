// Starts a service in a process of its own and connects to it.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Client } from './rpc/client.ts';
import type { Service } from './rpc/methods.ts';
import { childTransport, type Transport, WIRE_VARIABLE, type Wire } from './rpc/transport.ts';

export interface ServiceProgram {
  /** What messages call it: `the engine`. */
  readonly name: string;
  /** Its entry file. */
  readonly entry: string;
  readonly words?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

/** A service under way. */
export interface RunningService<S extends Service> {
  readonly client: Client<S>;
  /** Null once it has ended, or where it is no process of the system. */
  readonly pid: number | null;
  /** Settles when the process is gone, with what to say about it; never rejects. */
  readonly ended: Promise<string>;
  /** Lets it finish what it must not leave half done; kills it after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

/** How processes are started: by Node here; an Electron shell has another one. */
export type Launcher = <S extends Service>(program: ServiceProgram) => RunningService<S>;

const GRACE_MS = 5_000;

/** In the Node that runs this process. */
export const launchInNode: Launcher = nodeLauncher(process.execPath, 'clone');

/** In a Node of its own, where the one that runs this process is too old for what a service loads: Electron may carry one. */
export function nodeLauncher(node: string, wire: Wire): Launcher {
  return <S extends Service>({ name, entry, words, environment }: ServiceProgram) => {
    const child = fork(entry, words, {
      execPath: node,
      execArgv: [],
      env: { ...process.env, ...environment, [WIRE_VARIABLE]: wire },
      serialization: wire === 'clone' ? 'advanced' : 'json',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    return runningService<S>(child, childTransport(child, wire), name);
  };
}

function runningService<S extends Service>(
  child: ChildProcess,
  transport: Transport,
  name: string,
): RunningService<S> {
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
    );
    child.once('error', (error) => resolve(`could not be started (${error.message})`));
  });
  const client = new Client<S>(transport, name);
  return {
    client,
    pid: child.pid ?? null,
    ended,
    stop: async (graceMs = GRACE_MS) => {
      client.close();
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
        await once(child, 'exit');
      clearTimeout(timer);
    },
  };
}
