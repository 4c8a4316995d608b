// What a command is. To add one:
//   1. write `commands/<name>.ts` that exports `command`, a `CommandModule`;
//   2. add its row to `commands.ts`.
// `main.ts` does the rest: parsing, --json, progress, Ctrl-C, messages, exit codes.

import type { Command } from 'commander';
import type { ProgressToken } from '../common/progress.ts';

/** One call of a command: what was typed, and how to tell people about it. */
export interface CommandCall<Options extends object = object> {
  /** Positional arguments in order, parsed by the parsers that `configure` gave them. */
  readonly words: readonly string[];
  readonly options: Options;
  /** Reports go to a bar on stderr; its signal is aborted by Ctrl-C and SIGTERM. */
  readonly progress: ProgressToken;
  /** Writes a line to stderr, above any bar. */
  readonly note: (line: string) => void;
}

/** A command: its options, its work, and its result in words. `Result` is the object that --json prints. */
export interface CommandModule<Options extends object = object, Result extends object = object> {
  /** Declares arguments and options, with the parsers of `option-parsers.ts`. */
  configure(command: Command): void;
  /** Does the work. Expected failures throw GlimpseError; `bad-usage` exits with 2, the rest with 1. */
  run(call: CommandCall<Options>): Promise<Result>;
  /** The result for people, without a final line break; goes to stdout. */
  describe(result: Result): string;
}

/** A row of the table: everything `--help` needs, without loading the command. */
export interface CommandEntry {
  /** The words that call it: `doctor`, `teacher import`. */
  readonly path: string;
  readonly summary: string;
  /** Loads TensorFlow: the process is first given the engine's environment. */
  readonly needsEngine: boolean;
  readonly load: () => Promise<CommandModule>;
}

/** Groups of commands (`teacher` of `teacher import`) and what they are about. */
export type CommandGroups = Readonly<Record<string, string>>;
