import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type ProgressReport, ProgressToken } from '../../../src-main/common/progress.ts';

/** A clock that a test sets, and what is reported meanwhile. */
function watch(context: TestContext): {
  clock: { ms: number };
  reports: ProgressReport[];
  token: ProgressToken;
} {
  const clock = { ms: 1000 };
  context.mock.method(performance, 'now', () => clock.ms);
  const reports: ProgressReport[] = [];
  const token = new ProgressToken((report) => reports.push(report), new AbortController().signal);
  return { clock, reports, token };
}

test('the rest is estimated by the pace so far, without what was done before', (context) => {
  const { clock, reports, token } = watch(context);
  const stage = token.stage('reading', 100, 'faces', 20);
  assert.deepEqual(reports, [{ stage: 'reading', done: 20, total: 100, unit: 'faces', etaSeconds: null }]);
  clock.ms += 2000;
  stage.advance(10); // 10 in 2 s; 70 are left
  assert.deepEqual(reports[1], { stage: 'reading', done: 30, total: 100, unit: 'faces', etaSeconds: 14 });
  clock.ms += 2000;
  stage.advance(70);
  assert.deepEqual(reports[2], { stage: 'reading', done: 100, total: 100, unit: 'faces', etaSeconds: 0 });
});

test('reports are a tenth of a second apart, but the last one always comes', (context) => {
  const { clock, reports, token } = watch(context);
  const stage = token.stage('reading', 1000, 'faces');
  for (let face = 0; face < 1000; face++) {
    clock.ms += 1;
    stage.advance();
  }
  assert.deepEqual(
    reports.map(({ done }) => done),
    [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000],
  );
});

test('a token throws once its signal is aborted, and a silent one never', () => {
  const controller = new AbortController();
  const token = new ProgressToken(() => {}, controller.signal);
  token.throwIfCancelled();
  controller.abort();
  assert.throws(() => token.throwIfCancelled(), { code: 'cancelled' });
  ProgressToken.silent().throwIfCancelled();
});
