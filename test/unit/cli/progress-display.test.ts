// Progress without a terminal: few lines, the first and the last of each stage among them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatReport, openLines, openProgressDisplay } from '../../../src-main/cli/progress-display.ts';
import { memoryStream } from '../../support/memory-stream.ts';

function report(stage: string, done: number, etaSeconds: number | null = null) {
  return { stage, done, total: 10, unit: 'images', etaSeconds };
}

test('a line at the start, at the end, and every five seconds between', () => {
  const stream = memoryStream();
  let nowMs = 0;
  const display = openLines(stream, () => nowMs);
  display.sink(report('embedding', 0));
  nowMs = 4999;
  display.sink(report('embedding', 3));
  nowMs = 5000;
  display.sink(report('embedding', 4));
  nowMs = 5001;
  display.sink(report('embedding', 10));
  display.sink(report('mining', 0));
  assert.deepEqual(stream.text.trimEnd().split('\n'), [
    'embedding 0/10 images',
    'embedding 4/10 images',
    'embedding 10/10 images',
    'mining 0/10 images',
  ]);
});

test('the time left is told in the unit that suits it', () => {
  assert.equal(formatReport(report('a', 1, 12.1)), 'a 1/10 images, 13 s left');
  assert.equal(formatReport(report('a', 1, 600)), 'a 1/10 images, 10 min left');
  assert.equal(formatReport(report('a', 1, 9000)), 'a 1/10 images, 2.5 h left');
  assert.equal(formatReport(report('a', 10, 0)), 'a 10/10 images');
});

test('a terminal gets a bar, which is ended when the display is disposed', () => {
  const stream = Object.assign(memoryStream(), {
    isTTY: true as const,
    columns: 80,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  });
  {
    using display = openProgressDisplay(stream);
    display.sink(report('embedding', 0));
    display.note('a note');
    display.sink(report('embedding', 5));
  }
  assert.match(stream.text, /embedding .*0\/10 images/);
  assert.match(stream.text, /a note\n/);
  assert.match(stream.text, /5\/10 images/);
});
