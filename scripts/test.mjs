// Runs the test files in Node's own runner and closes with its counts and the shells that were run. Arguments: files or globs;
// none means all.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { findBrowser } from '../src-main/common/browser.ts';
import { buildWindow } from './build.mjs';
import { openDisplay } from './display.mjs';
import { findElectronForTests } from './electron-runtime.mjs';

// Two files at a time: TensorFlow takes every core it finds, so more only cost memory.
const CONCURRENT_FILES = 2;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
buildWindow(root);
const display = await openDisplay(process.env);
const electron = findElectronForTests(root, process.env);
const browser = findBrowser(process.env);

// A browser that is ending may write into a test's folder once more after the test has removed it: all folders go together at last.
const temporary = mkdtempSync(join(tmpdir(), 'glimpse-tests-'));
process.env.TMPDIR = temporary;

/** @type {string[]} */
const closingLines = [];
const files = process.argv.slice(2);
const events = run({
  globPatterns: files.length > 0 ? files : ['test/**/*.test.ts'],
  concurrency: CONCURRENT_FILES,
});
events.on('test:fail', (event) => {
  if (event.todo === undefined || event.todo === false) process.exitCode = 1;
});
events.on('test:diagnostic', ({ nesting, message }) => {
  if (nesting === 0 && /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(message)) {
    closingLines.push(`# ${message}`);
  }
});
const report = events.compose(spec);
report.pipe(process.stdout);
report.on('end', () => {
  display?.close();
  rmSync(temporary, { recursive: true, force: true, maxRetries: 10 });
  console.log(closingLines.join('\n'));
  console.log(`# shell electron: ${whyNotElectron() ?? `run, ${electron}`}`);
  console.log(`# shell web: ${browser === null ? 'not run, there is no Chromium' : `run, ${browser}`}`);
  if (!closingLines.some((line) => /^# tests [1-9]/.test(line))) {
    console.error(`no tests found by ${files.join(' ') || 'test/**/*.test.ts'}`);
    process.exitCode = 1;
  }
});

function whyNotElectron() {
  if (electron === null) return 'not run, there is no Electron (ELECTRON_OVERRIDE_DIST_PATH names one)';
  return display === null ? 'not run, there is no display and no Xvfb' : null;
}
