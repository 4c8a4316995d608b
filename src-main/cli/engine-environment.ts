// A command that will load the engine replaces its process once with one that has the engine's environment.

import { engineEnvironment } from '../processes/engine-environment.ts';

/** Starts this very command again in the same process with the engine's environment; returns when it already has it. */
export function enterEngineEnvironment(): void {
  const environment = engineEnvironment(process.env);
  // Absent on Windows: the engine then runs with TensorFlow's defaults.
  if (environment === null || typeof process.execve !== 'function') return;
  process.execve(
    process.execPath,
    [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    environment,
  );
}
