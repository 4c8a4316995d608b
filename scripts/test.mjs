// Runs the test files in Node's own runner and closes with its counts. Arguments: files or globs; none means all.

import { run } from 'node:test';
import { spec } from 'node:test/reporters';

// Two files at a time: TensorFlow takes every core it finds, so more only cost memory.
const CONCURRENT_FILES = 2;

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
  console.log(closingLines.join('\n'));
  if (!closingLines.some((line) => /^# tests [1-9]/.test(line))) {
    console.error(`no tests found by ${files.join(' ') || 'test/**/*.test.ts'}`);
    process.exitCode = 1;
  }
});
