// Links and compiler call of the TensorFlow binding, with a compiler of our own.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  bindingFile,
  compileBinding,
  compileStudent,
  linkRuntime,
  studentFile,
} from '../../../../scripts/setup/binding.mjs';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

interface Bench {
  readonly packageFolder: string;
  readonly runtime: string;
  readonly compile: (script: string | null, what?: typeof compileBinding) => Promise<void>;
}

/** A package with two sources and a runtime; `compile` runs a shell script, or a compiler that is not there. */
async function setUpBench(context: TestContext): Promise<Bench> {
  const folder = await temporaryFolder(context);
  const packageFolder = join(folder, 'tfjs-node-gpu');
  const runtime = join(folder, 'runtime');
  mkdirSync(join(packageFolder, 'binding'), { recursive: true });
  for (const name of ['b.cc', 'a.cc', 'a.h']) writeFileSync(join(packageFolder, 'binding', name), '');
  const kernels = join(folder, 'native');
  mkdirSync(kernels);
  writeFileSync(join(kernels, 'ours.cc'), '');
  mkdirSync(join(kernels, 'student'));
  for (const name of ['plan.h', 'plan.cc']) writeFileSync(join(kernels, 'student', name), '');
  for (const name of ['lib', 'include', 'nvidia']) mkdirSync(join(runtime, name), { recursive: true });
  writeFileSync(join(runtime, 'lib', 'libtensorflow_cc.so.2'), 'cc');
  const compiler = join(folder, 'compiler');
  function compile(script: string | null, what = compileBinding): Promise<void> {
    if (script !== null) writeFileSync(compiler, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const folders = { nodeApiHeaders: '/headers', kernels };
    return what(packageFolder, folders, { PATH: process.env.PATH, CXX: compiler });
  }
  return { packageFolder, runtime, compile };
}

test('deps/lib is a folder of links, so that $ORIGIN/../nvidia is found', async (context) => {
  const { packageFolder, runtime } = await setUpBench(context);
  linkRuntime(packageFolder, runtime);
  linkRuntime(packageFolder, runtime);
  const libraries = join(packageFolder, 'deps', 'lib');
  assert.equal(readlinkSync(join(libraries, 'libtensorflow.so')), join(runtime, 'lib/libtensorflow_cc.so.2'));
  assert.equal(readFileSync(join(libraries, 'libtensorflow_cc.so.2'), 'utf8'), 'cc');
  assert.deepEqual(readdirSync(join(libraries, '..')).sort(), ['include', 'lib', 'nvidia']);
  assert.equal(readlinkSync(join(libraries, '..', 'nvidia')), join(runtime, 'nvidia'));
});

test('the compiler is called once, in the package, and its output lands under the final name', async (context) => {
  const { packageFolder, compile } = await setUpBench(context);
  await compile('for last; do :; done; echo "$@" > "$last"; basename "$PWD" >> "$last"');
  const call = readFileSync(bindingFile(packageFolder), 'utf8');
  assert.match(
    call,
    /-std=c\+\+17 .*-I \/headers .*binding\/a\.cc .*binding\/b\.cc .*native\/ours\.cc .*-rpath,\$ORIGIN\/\.\.\/\.\.\/deps\/lib/,
  );
  assert.match(call, /\ntfjs-node-gpu\n$/);
  assert.deepEqual(readdirSync(join(bindingFile(packageFolder), '..')), ['tfjs_binding.node']);
});

test('the module for students is compiled from its own folder, without TensorFlow', async (context) => {
  const { packageFolder, compile } = await setUpBench(context);
  await compile('for last; do :; done; echo "$@" > "$last"', compileStudent);
  const call = readFileSync(studentFile(packageFolder), 'utf8');
  assert.match(call, /-std=c\+\+17 .*-I \/headers .*native\/student\/plan\.cc .*native\/threads\.cc /);
  assert.doesNotMatch(call, /tensorflow|ours\.cc|plan\.h/);
});

test('a failing compiler leaves the old binding and no half of a new one', async (context) => {
  const { packageFolder, compile } = await setUpBench(context);
  mkdirSync(join(bindingFile(packageFolder), '..'), { recursive: true });
  writeFileSync(bindingFile(packageFolder), 'old');
  const script = 'for last; do :; done; echo half > "$last"; exit 1';
  await assert.rejects(compile(script), /could not compile the TensorFlow binding \(exit code 1\)/);
  assert.equal(readFileSync(bindingFile(packageFolder), 'utf8'), 'old');
  assert.deepEqual(readdirSync(join(bindingFile(packageFolder), '..')), ['tfjs_binding.node']);
});

test('no compiler names the package to install', async (context) => {
  const { compile } = await setUpBench(context);
  await assert.rejects(compile(null), (error: Error & { mend: string }) => {
    assert.match(error.message, /^there is no C\+\+ compiler `/);
    assert.match(error.mend, /apt-get install g\+\+/);
    return true;
  });
});
