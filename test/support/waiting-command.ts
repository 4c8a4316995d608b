// A command line with one command, which waits to be interrupted; --stubborn lets it ignore the first time.

import { runCommandLine } from '../../src-main/cli/main.ts';

process.exitCode = await runCommandLine({
  words: process.argv.slice(2),
  groups: {},
  enterEngineEnvironment() {},
  stdout: process.stdout,
  stderr: process.stderr,
  commands: [
    {
      path: 'wait',
      summary: 'waits',
      needsEngine: false,
      load: async () => ({
        configure(command) {
          command.option('--stubborn');
        },
        run({ options, progress, note }) {
          // An open timer keeps the process alive; it never fires in a test.
          const timer = setInterval(() => {}, 60_000);
          return new Promise((_resolve, reject) => {
            progress.signal.addEventListener('abort', () => {
              if ('stubborn' in options) return;
              clearInterval(timer);
              try {
                progress.throwIfCancelled();
              } catch (error) {
                reject(error);
              }
            });
            note('waiting');
          });
        },
        describe: () => '',
      }),
    },
  ],
});
