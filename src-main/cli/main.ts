// Parses the words, runs the command they name, and keeps the promises of the command line: one JSON object on stdout
// with --json, everything else on stderr, exit codes 0 done, 1 failed, 2 bad usage.

import { Console } from 'node:console';
import { Command, CommanderError } from 'commander';
import { GlimpseError } from '../common/errors.ts';
import { ProgressToken } from '../common/progress.ts';
import { readVersion } from '../common/version.ts';
import type { CommandEntry, CommandGroups } from './command.ts';
import { describeFailure, EXIT_DONE } from './failure.ts';
import { listenForInterruption } from './interruption.ts';
import { openProgressDisplay } from './progress-display.ts';

export interface CommandLine {
  /** What was typed after the program's name. */
  readonly words: readonly string[];
  readonly commands: readonly CommandEntry[];
  readonly groups: CommandGroups;
  /** Called before a command that needs the engine is loaded; may replace the process. */
  readonly enterEngineEnvironment: () => void;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Runs one command line to its end and returns the exit code; never throws. */
export async function runCommandLine(line: CommandLine): Promise<number> {
  // Libraries that log must not write into the JSON.
  const formerConsole = globalThis.console;
  globalThis.console = new Console(line.stderr, line.stderr);
  line.stdout.on('error', ignoreClosedPipe);
  try {
    await buildProgram(line).parseAsync(rewriteHelp(line.words), { from: 'user' });
    return EXIT_DONE;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT_DONE;
    return reportFailure(asUsageError(error, line), line);
  } finally {
    globalThis.console = formerConsole;
    line.stdout.off('error', ignoreClosedPipe);
  }
}

function buildProgram(line: CommandLine): Command {
  const program = new Command('glimpse')
    .description('Offline face search for low-resolution faces: train, adapt, verify, benchmark.')
    .version(readVersion(), '--version', 'print the version')
    .option('--json', 'print one JSON object on stdout, everything else on stderr')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => line.stdout.write(text),
      // Messages are printed by reportFailure, once.
      writeErr: () => {},
    });
  for (const entry of line.commands) addCommand(program, entry, line);
  for (const parent of [program, ...program.commands]) {
    parent.hook('preSubcommand', (_parent, called) => prepare(called, line));
  }
  return program;
}

/** Adds the entry's command, and its group's where it has one; its options come when it is called. */
function addCommand(program: Command, entry: CommandEntry, line: CommandLine): void {
  const words = entry.path.split(' ');
  const name = words.pop() as string;
  const parent = words.reduce((above, group) => {
    const existing = above.commands.find((command) => command.name() === group);
    return (
      existing ??
      above
        .command(group)
        .description(line.groups[group] ?? '')
        .helpCommand(false)
    );
  }, program);
  parent.command(name).description(entry.summary);
}

/** Loads the command that is about to be parsed, and lets it declare its options. */
async function prepare(called: Command, line: CommandLine): Promise<void> {
  const path = pathOf(called);
  const entry = line.commands.find((candidate) => candidate.path === path);
  if (entry === undefined) return;
  if (entry.needsEngine) line.enterEngineEnvironment();
  const module = await entry.load();
  module.configure(called);
  called.action(async () => {
    using display = openProgressDisplay(line.stderr);
    using interruption = listenForInterruption(process, (signal) => {
      display.note(`${signal}: stopping cleanly; a second Ctrl-C ends at once`);
    });
    const result = await module.run({
      words: called.processedArgs.flat().filter((word) => word !== undefined),
      options: called.opts(),
      progress: new ProgressToken(display.sink, interruption.signal),
      note: display.note,
    });
    const isJson = called.optsWithGlobals().json === true;
    line.stdout.write(`${isJson ? JSON.stringify(result) : module.describe(result)}\n`);
  });
}

function pathOf(command: Command): string {
  const above = command.parent;
  return above?.parent ? `${pathOf(above)} ${command.name()}` : command.name();
}

/** Commander would print its whole help here. */
function asUsageError(error: unknown, { words, groups, commands }: CommandLine): unknown {
  if (!(error instanceof CommanderError) || error.code !== 'commander.help') return error;
  const group = words.find((word) => word in groups);
  const names = commands
    .map((entry) => entry.path.split(' '))
    .filter((path) => group === undefined || path[0] === group)
    .map((path) => path[group === undefined ? 0 : 1]);
  const called = group === undefined ? 'glimpse' : `glimpse ${group}`;
  const choices = [...new Set(names)].join(', ');
  return new GlimpseError(
    'bad-usage',
    `\`${called}\` needs a command: ${choices} (\`${called} --help\` tells more)`,
  );
}

/** `help teacher import` means `teacher import --help`. */
function rewriteHelp(words: readonly string[]): string[] {
  return words[0] === 'help' ? [...words.slice(1), '--help'] : [...words];
}

function reportFailure(error: unknown, { words, stdout, stderr }: CommandLine): number {
  const { code, message, exitCode } = describeFailure(error);
  stderr.write(`glimpse: ${message}\n`);
  if (process.env.GLIMPSE_DEBUG && error instanceof Error) stderr.write(`${error.stack}\n`);
  if (words.includes('--json')) stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  return exitCode;
}

/** `glimpse … | head` closes the pipe early, which is no failure. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
