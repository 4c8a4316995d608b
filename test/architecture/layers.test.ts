// Holds every source file against the import table, and the checker itself against files that break it.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findViolations, importsOf, type LayerTable, MAIN_LAYERS, RENDERER_LAYERS } from './layers.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const MOST_LINES = 400;

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

function sourcesOf(side: string): SourceFile[] {
  const folder = join(root, side);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mts|cts|svelte)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({
      path: relative(folder, path).split(sep).join('/'),
      text: readFileSync(path, 'utf8'),
    }));
}

function violationsOf(side: string, table: LayerTable): string[] {
  return sourcesOf(side)
    .flatMap(({ path, text }) => findViolations(path, text, table, side))
    .map(({ file, specifier, rule }) => `${side}/${file} imports '${specifier}': ${rule}`);
}

test('src-main keeps to the import table', () => {
  assert.ok(sourcesOf('src-main').length > 0, 'src-main has source files');
  assert.deepEqual(violationsOf('src-main', MAIN_LAYERS), []);
});

test('src-renderer keeps to the import table', () => {
  assert.ok(sourcesOf('src-renderer').length > 0, 'src-renderer has source files');
  assert.deepEqual(violationsOf('src-renderer', RENDERER_LAYERS), []);
});

test('every source file says its job first and fits on a few screens', () => {
  const sources = [...sourcesOf('src-main'), ...sourcesOf('src-renderer')];
  const problems = sources.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n');
    const found: string[] = [];
    if (!/^(\/\/ \S|\/\*\*?( \S|$)|<!-- \S)/.test(lines[0]))
      found.push(`${path}: the first line is not a comment`);
    if (lines.length > MOST_LINES) found.push(`${path}: ${lines.length} lines, at most ${MOST_LINES}`);
    return found;
  });
  assert.deepEqual(problems, []);
});

test('no module has mutable state', () => {
  // A component's script is no module: its `let` is the component's own.
  const modules = [...sourcesOf('src-main'), ...sourcesOf('src-renderer')].filter(
    ({ path }) => !path.endsWith('.svelte'),
  );
  const problems = modules.flatMap(({ path, text }) =>
    text
      .split('\n')
      .filter((line) => /^(export )?(let|var)\b/.test(line))
      .map((line) => `${path}: ${line}`),
  );
  assert.deepEqual(problems, []);
});

/** The rules broken by one made-up file. */
function rulesBroken(file: string, source: string): string[] {
  return findViolations(file, source, MAIN_LAYERS, 'src-main').map(({ rule }) => rule);
}

test('an import of a forbidden folder names the layer', () => {
  const source = "import { student } from '../engine/models/student.ts';";
  assert.deepEqual(rulesBroken('gallery/enrol.ts', source), ['gallery may import common, not engine']);
  assert.deepEqual(rulesBroken('gallery/enrol.ts', "import { ensure } from '../common/errors.ts';"), []);
});

test('type-only, dynamic and re-exported imports count', () => {
  const rule = ['evaluation may import common, not engine'];
  assert.deepEqual(rulesBroken('evaluation/roc.ts', "import type { Tf } from '../engine/load.ts';"), rule);
  assert.deepEqual(rulesBroken('evaluation/roc.ts', "await import('../engine/load.ts');"), rule);
  assert.deepEqual(rulesBroken('evaluation/roc.ts', "export { load } from '../engine/load.ts';"), rule);
  assert.deepEqual(rulesBroken('evaluation/roc.ts', "type Tf = import('../engine/load.ts').Tf;"), rule);
});

test('a heavy package outside its owner names the owner', () => {
  const source = "import type { Tensor } from '@tensorflow/tfjs-node-gpu/dist/index.js';";
  assert.deepEqual(rulesBroken('engine/losses/arcface.ts', source), []);
  assert.deepEqual(rulesBroken('evaluation/roc.ts', source), [
    '@tensorflow/tfjs-node-gpu/dist/index.js belongs to engine, not evaluation',
  ]);
  assert.deepEqual(rulesBroken('datasets/folders.ts', "import sharp from 'sharp';"), [
    'sharp belongs to imaging, not datasets',
  ]);
  assert.deepEqual(rulesBroken('engine/load.ts', "createRequire(import.meta.url)('sharp');"), [
    'sharp belongs to imaging, not engine',
  ]);
  assert.deepEqual(rulesBroken('cli/main.ts', "import left from 'left-pad';"), [
    'left-pad has no owner in the import table of src-main',
  ]);
});

test('a new folder has to be entered in the table, and the renderer stays out of reach', () => {
  assert.deepEqual(rulesBroken('helpers/text.ts', ''), ['src-main/helpers is not in the import table']);
  assert.deepEqual(rulesBroken('cli/main.ts', "import '../../src-renderer/lib/format.ts';"), [
    'src-main may not import src-renderer',
  ]);
});

test('the renderer reaches src-main through api and contract alone', () => {
  function rulesOfRenderer(file: string, source: string): string[] {
    return findViolations(file, source, RENDERER_LAYERS, 'src-renderer').map(({ rule }) => rule);
  }
  const source = "import type { Call } from '../../src-main/contract/calls.ts';";
  assert.deepEqual(rulesOfRenderer('api/client.ts', source), []);
  assert.deepEqual(rulesOfRenderer('views/search.ts', source), [
    'views may import state, components, lib, not contract',
  ]);
  assert.deepEqual(rulesOfRenderer('api/client.ts', "import '../../src-main/common/files.ts';"), [
    'src-renderer may not import src-main',
  ]);
});

test('a worker named by URL counts, a data file does not', () => {
  assert.deepEqual(
    rulesBroken('gallery/scan.ts', "new Worker(new URL('../engine/worker.ts', import.meta.url))"),
    ['gallery may import common, not engine'],
  );
  assert.deepEqual(rulesBroken('gallery/scan.ts', "new URL('../engine/preset.json', import.meta.url)"), []);
});

test('imports are found across lines and not in comments', () => {
  const source = [
    '// import x from "commented";',
    '/** import y from "documented"; */',
    'import {',
    '  a,',
    "} from './a.ts';",
    "import 'node:fs';",
  ].join('\n');
  assert.deepEqual(importsOf(source), ['./a.ts', 'node:fs']);
});
