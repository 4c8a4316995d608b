// The promises of the command line: what goes where, and which exit code.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { CommandEntry, CommandModule } from '../../../src-main/cli/command.ts';
import { runCommandLine } from '../../../src-main/cli/main.ts';
import { integerParser, parsePath } from '../../../src-main/cli/option-parsers.ts';
import { GlimpseError } from '../../../src-main/common/errors.ts';
import { memoryStream } from '../../support/memory-stream.ts';

interface GreetOptions {
  readonly times: number;
}

const greet: CommandModule<GreetOptions, { text: string }> = {
  configure(command) {
    command.argument('<name>').option('--times <count>', 'how often', integerParser(1, 3), 1);
  },
  async run({ words, options, note }) {
    note('greeting');
    // biome-ignore lint/suspicious/noConsole: stands for a library that logs
    console.log('a library talks');
    return { text: Array(options.times).fill(`hello ${words[0]}`).join(', ') };
  },
  describe: ({ text }) => text,
};

function entry(path: string, module: CommandModule): CommandEntry {
  return { path, summary: `does ${path}`, needsEngine: false, load: async () => module };
}

function failing(error: unknown): CommandModule {
  return { configure() {}, run: () => Promise.reject(error), describe: () => '' };
}

const COMMANDS = [
  entry('greet', greet),
  entry('teacher import', { ...greet, configure: (command) => command.argument('<file>', '', parsePath) }),
  entry('teacher list', failing(new GlimpseError('bad-dataset', 'pairs.txt names an absent file'))),
  entry('broken', failing(new TypeError('x is undefined'))),
];

async function glimpse(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [memoryStream(), memoryStream()];
  const code = await runCommandLine({
    words,
    commands: COMMANDS,
    groups: { teacher: 'teachers' },
    enterEngineEnvironment() {},
    stdout,
    stderr,
  });
  return { code, out: stdout.text, err: stderr.text };
}

test('a result goes to stdout in words, all else to stderr', async () => {
  const { code, out, err } = await glimpse('greet', 'Ada', '--times', '2');
  assert.deepEqual({ code, out }, { code: 0, out: 'hello Ada, hello Ada\n' });
  assert.match(err, /^greeting\na library talks\n$/);
});

test('--json prints one object, before or after the command', async () => {
  for (const words of [
    ['--json', 'greet', 'Ada'],
    ['greet', '--json', 'Ada'],
  ]) {
    const { code, out } = await glimpse(...words);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), { text: 'hello Ada' });
  }
});

test('a command in a group is called by both words', async () => {
  const { code, out } = await glimpse('teacher', 'import', '/models/a.onnx');
  assert.deepEqual({ code, out }, { code: 0, out: 'hello /models/a.onnx\n' });
});

test('bad usage is one sentence and exit code 2', async () => {
  const cases: [string[], RegExp][] = [
    [['gret'], /^glimpse: unknown command 'gret' \(Did you mean greet\?\)\n$/],
    [['greet', 'Ada', '--colour'], /^glimpse: unknown option '--colour'\n$/],
    [['greet'], /^glimpse: missing required argument 'name'\n$/],
    [
      ['greet', 'Ada', '--times', 'four'],
      /argument 'four' is invalid\. expected a whole number from 1 to 3\.\n$/,
    ],
    [['greet', 'Ada', 'Bob'], /too many arguments/],
    [[], /^glimpse: `glimpse` needs a command: greet, teacher, broken \(/],
    [['teacher'], /^glimpse: `glimpse teacher` needs a command: import, list \(/],
    [['teacher', 'imprt'], /^glimpse: unknown command 'imprt' \(Did you mean import\?\)\n$/],
  ];
  for (const [words, message] of cases) {
    const { code, out, err } = await glimpse(...words);
    assert.deepEqual({ words, code, out }, { words, code: 2, out: '' });
    assert.match(err, message);
    assert.equal(err.split('\n').length, 2, `one line: ${err}`);
  }
});

test('an expected failure is one sentence and exit code 1, with --json an object too', async () => {
  const { code, out, err } = await glimpse('teacher', 'list', '--json');
  assert.equal(code, 1);
  assert.equal(err, 'glimpse: pairs.txt names an absent file\n');
  assert.deepEqual(JSON.parse(out), {
    error: { code: 'bad-dataset', message: 'pairs.txt names an absent file' },
  });
});

test('an unexpected failure shows its name and no stack', async () => {
  const { code, err } = await glimpse('broken');
  assert.deepEqual({ code, err }, { code: 1, err: 'glimpse: TypeError: x is undefined\n' });
});

test('help lists commands, and a command its options', async () => {
  const overview = await glimpse('--help');
  assert.equal(overview.code, 0);
  assert.match(overview.out, /greet\s+does greet/);
  assert.match(overview.out, /teacher\s+teachers/);
  assert.match((await glimpse('teacher', '--help')).out, /import.*does teacher import/);
  for (const words of [
    ['greet', '--help'],
    ['help', 'greet'],
  ]) {
    const { code, out } = await glimpse(...words);
    assert.equal(code, 0);
    assert.match(out, /--times <count>\s+how often/);
  }
});

test('Ctrl-C aborts the signal, the command ends in its own time', async () => {
  const script = fileURLToPath(new URL('../../support/waiting-command.ts', import.meta.url));
  const child = spawn(process.execPath, [script, '--json', 'wait'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    output.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.err += chunk;
    if (String(chunk).includes('waiting')) child.kill('SIGINT');
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(output.out), { error: { code: 'cancelled', message: 'cancelled' } });
  assert.match(output.err, /SIGINT: stopping cleanly/);
});

test('the second Ctrl-C kills', async () => {
  const script = fileURLToPath(new URL('../../support/waiting-command.ts', import.meta.url));
  const child = spawn(process.execPath, [script, 'wait', '--stubborn'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.on('data', (chunk) => {
    if (/waiting|stopping cleanly/.test(String(chunk))) child.kill('SIGINT');
  });
  const [, signal] = await once(child, 'close');
  assert.equal(signal, 'SIGINT');
});
