// The real table of commands: each one loads and helps, and says which rule a wrong call breaks.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS, GROUPS } from '../../../src-main/cli/commands.ts';
import { runCommandLine } from '../../../src-main/cli/main.ts';
import { memoryStream } from '../../support/memory-stream.ts';

async function glimpse(line: string): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [memoryStream(), memoryStream()];
  const code = await runCommandLine({
    words: line.split(' '),
    commands: COMMANDS,
    groups: GROUPS,
    enterEngineEnvironment() {},
    stdout,
    stderr,
  });
  return { code, out: stdout.text, err: stderr.text };
}

test('every command explains itself', async () => {
  for (const { path, summary } of COMMANDS) {
    const { code, out } = await glimpse(`${path} --help`);
    assert.equal(code, 0);
    assert.match(out, new RegExp(`^Usage: glimpse ${path} `));
    assert.ok(out.replace(/\s+/g, ' ').includes(summary), out);
  }
});

test('every group says what it is about', () => {
  const groups = COMMANDS.map(({ path }) => path.split(' ')).filter((words) => words.length > 1);
  assert.deepEqual([...new Set(groups.map(([group]) => group))].sort(), Object.keys(GROUPS).sort());
});

test('a wrong call is one sentence, before anything is loaded', async () => {
  const cases: [string, RegExp][] = [
    ['runs', /^`glimpse runs` needs a command: list, show \(/],
    ['adapt', /^required option '--model <run>' not specified$/],
    ['adapt --model some', /^adapt needs --data: a folder of faces of the target domain$/],
    ['adapt --model some --data . --gamma 2', /'2' is invalid\. expected a number from 0 to 1\.$/],
    ['verify --model some', /^verify needs --dataset: a folder with pairs\.txt$/],
    [
      'verify --model some --dataset . --scenario hr',
      /'hr' is invalid\. Allowed choices are both, lr-lr, lr-hr\.$/,
    ],
    [
      'verify --model some --dataset . --adapt pooled --profile p',
      /^--profile and --adapt exclude each other$/,
    ],
    ['verify --model teacher --dataset . --adapt pooled', /^FaceBN adapts students: /],
    ['train', /^train needs --data: a folder of identity\/image$/],
    ['train --data . --width wide', /'wide' is invalid\. expected a number from 0\.015625 to 4\.$/],
    ['train --data . --terms cls,kd', /^--terms knows cls, iid, rid, emb, not "kd"$/],
    ['train --data . --run ..', /^a run's name is letters, digits, .* not "\.\."$/],
    ['train --resume', /^--resume needs --run: the run to go on with$/],
    [
      'train --resume --run some --preset ours',
      /^option '--resume' cannot be used with option '--preset <name>'$/,
    ],
    [
      'train --resume --run some --teacher tiny',
      /^option '--resume' cannot be used with option '--teacher <name>'$/,
    ],
    ['teacher import --name some --licence MIT', /^missing required argument 'model\.onnx'$/],
    ['export some', /^required option '--out <file\.onnx>' not specified$/],
  ];
  for (const [line, message] of cases) {
    const { code, out, err } = await glimpse(line);
    assert.deepEqual({ line, code, out }, { line, code: 2, out: '' });
    assert.ok(err.startsWith('glimpse: ') && err.endsWith('\n'), err);
    assert.match(err.slice('glimpse: '.length, -1), message);
  }
});
