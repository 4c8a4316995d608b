// The import table of Glimpse and a checker that holds source text against it.

import { posix } from 'node:path';

export interface Layer {
  /** Folders (below the side's root) that it may import; itself always; `*` is everything. */
  readonly imports: readonly string[];
  /** Packages that only the layers that list them may import; a pattern ends in `/*`. */
  readonly owns?: readonly string[];
}

export type LayerTable = Readonly<Record<string, Layer>>;

/** src-main/: folder → what it may import. A file in the root (`cli.ts`) is the layer of its own name. */
export const MAIN_LAYERS: LayerTable = {
  common: { imports: [] },
  contract: { imports: [], owns: ['valibot'] },
  imaging: { imports: ['common'], owns: ['sharp'] },
  datasets: { imports: ['common', 'imaging'], owns: ['csv-parse'] },
  engine: {
    imports: ['common', 'datasets', 'imaging'],
    owns: ['@tensorflow/*', 'onnxruntime-node', 'onnx-proto', 'protobufjs'],
  },
  gallery: { imports: ['common'], owns: ['better-sqlite3', 'usearch'] },
  evaluation: { imports: ['common'], owns: ['@saehrimnir/druidjs'] },
  reports: { imports: ['common', 'contract', 'evaluation'] },
  processes: {
    imports: ['common', 'contract', 'imaging', 'datasets', 'engine', 'gallery', 'evaluation', 'reports'],
    owns: ['valibot', 'yazl', 'yauzl'],
  },
  ipc: { imports: ['common', 'contract', 'processes'], owns: ['valibot'] },
  preload: { imports: ['contract'], owns: ['electron'] },
  shell: { imports: ['*'], owns: ['electron'] },
  cli: { imports: ['*'], owns: ['commander', 'cli-progress'] },
  'cli.ts': { imports: ['*'] },
  'index.ts': { imports: ['*'], owns: ['electron'] },
  'web.ts': { imports: ['*'] },
};

/** src-renderer/: the same; `contract` is src-main's, reached by `api` alone. */
export const RENDERER_LAYERS: LayerTable = {
  api: { imports: ['contract'] },
  lib: { imports: [] },
  state: { imports: ['api', 'lib'], owns: ['svelte'] },
  components: { imports: ['lib'], owns: ['svelte', 'bits-ui', 'chart.js', '@lucide/svelte'] },
  views: { imports: ['state', 'components', 'lib'], owns: ['svelte', '@lucide/svelte'] },
  styles: { imports: [], owns: ['@fontsource-variable/inter'] },
  'main.ts': { imports: ['*'], owns: ['svelte', '@fontsource-variable/inter'] },
};

export interface Violation {
  readonly file: string;
  readonly specifier: string;
  readonly rule: string;
}

/**
 * Every import of one file that breaks the table.
 * @param file path below the side's root, with forward slashes: `engine/runtime/load.ts`
 * @param side name of the side's root folder: `src-main`
 */
export function findViolations(file: string, source: string, table: LayerTable, side: string): Violation[] {
  const layer = layerOf(file);
  const row = table[layer];
  if (row === undefined) {
    return [{ file, specifier: '', rule: `${side}/${layer} is not in the import table` }];
  }
  const violations: Violation[] = [];
  for (const specifier of importsOf(source)) {
    const rule = ruleBroken(file, specifier, layer, row, table, side);
    if (rule !== null) violations.push({ file, specifier, rule });
  }
  return violations;
}

function ruleBroken(
  file: string,
  specifier: string,
  layer: string,
  row: Layer,
  table: LayerTable,
  side: string,
): string | null {
  if (specifier.startsWith('node:')) return null;
  if (!specifier.startsWith('.')) return packageRule(specifier, layer, table, side);
  const target = posix.join(side, posix.dirname(file), specifier);
  const [root, ...rest] = target.split('/');
  if (root === 'package.json') return null;
  const isContract = root === 'src-main' && rest[0] === 'contract';
  if (root !== side && !isContract) return `${side} may not import ${root}`;
  const targetLayer = layerOf(rest.join('/'));
  if (root === side && targetLayer === layer) return null;
  if (row.imports.includes('*') || row.imports.includes(targetLayer)) return null;
  const allowed = row.imports.join(', ') || 'nothing';
  return `${layer} may import ${allowed}, not ${targetLayer}`;
}

function packageRule(specifier: string, layer: string, table: LayerTable, side: string): string | null {
  const owners = Object.entries(table)
    .filter(([, { owns }]) => owns?.some((pattern) => matchesPackage(pattern, specifier)))
    .map(([name]) => name);
  if (owners.includes(layer)) return null;
  if (owners.length > 0) return `${specifier} belongs to ${owners.join(', ')}, not ${layer}`;
  return `${specifier} has no owner in the import table of ${side}`;
}

function matchesPackage(pattern: string, specifier: string): boolean {
  if (pattern.endsWith('/*')) return specifier.startsWith(pattern.slice(0, -1));
  return specifier === pattern || specifier.startsWith(`${pattern}/`);
}

function layerOf(file: string): string {
  return file.split('/')[0];
}

/** All module specifiers: static, type-only, re-exported, dynamic, `import('…')` types, `require`. */
export function importsOf(source: string): string[] {
  const code = withoutComments(source);
  const patterns = [
    /^\s*(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /\bimport\s*\(\s*['"]([^'"]+)['"]/g,
    /\brequire\s*\(\s*['"]([^'"]+)['"]/g,
    /\bcreateRequire\([^)]*\)\s*\(\s*['"]([^'"]+)['"]/g,
    // Workers and child processes are named by URL; data files and scripts of other languages are no imports.
    /\bnew URL\(\s*['"](\.[^'"]+\.[cm]?[jt]s)['"]/g,
  ];
  const found = patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]));
  return [...new Set(found)];
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}
