// Parses pairs.txt of the LFW protocol. Format: http://vis-www.cs.umass.edu/lfw/README.txt, section 4.b.

import { GlimpseError } from '../common/errors.ts';

/** One of a person's numbered photographs. */
export interface NumberedImage {
  readonly name: string;
  /** 1 for `Name_0001`. */
  readonly number: number;
}

export interface PairLine {
  readonly left: NumberedImage;
  readonly right: NumberedImage;
  readonly isGenuine: boolean;
  /** 0 … folds − 1. */
  readonly fold: number;
}

export interface PairsFile {
  readonly folds: number;
  readonly pairs: readonly PairLine[];
}

interface Header {
  readonly folds: number;
  /** Genuine pairs of a fold, and impostor pairs of a fold. */
  readonly pairsPerClass: number;
}

const LONGEST_QUOTE = 80;

/**
 * The first line is `folds pairs` (or only `pairs`, for one fold); each fold then has `pairs` genuine lines
 * `name i j` and as many impostor lines `name i name j`, in any order. Fields are separated by tabs or spaces; names
 * may hold spaces where tabs separate. Throws `bad-dataset` with the file and the line's number.
 */
export function parsePairsFile(text: string, path: string): PairsFile {
  const lines = text
    .split(/\r\n|\n|\r/)
    // Trimming takes a byte order mark away too.
    .map((line, index) => ({ text: line.trim(), number: index + 1 }))
    .filter((line) => line.text !== '');
  if (lines.length === 0) {
    throw new GlimpseError('bad-dataset', `${path} is empty: its first line must be "folds pairs"`);
  }
  const header = parseHeader(lines[0].text, path);
  const { folds, pairsPerClass } = header;
  const expected = folds * pairsPerClass * 2;
  if (lines.length - 1 !== expected) {
    throw new GlimpseError(
      'bad-dataset',
      `${path} has ${lines.length - 1} pairs, but its header "${lines[0].text}" announces ` +
        `${folds} × 2 × ${pairsPerClass} = ${expected}`,
    );
  }
  const pairs = lines.slice(1).map((line, index): PairLine => {
    const fold = Math.floor(index / (pairsPerClass * 2));
    return { ...parsePair(line.text, line.number, path), fold };
  });
  checkFolds(pairs, header, path);
  return { folds, pairs };
}

function parseHeader(line: string, path: string): Header {
  const numbers = line.split(/\s+/).map(parseCount);
  if (numbers.length === 1 && numbers[0] !== null) return { folds: 1, pairsPerClass: numbers[0] };
  if (numbers.length === 2 && numbers[0] !== null && numbers[1] !== null) {
    return { folds: numbers[0], pairsPerClass: numbers[1] };
  }
  throw new GlimpseError(
    'bad-dataset',
    `${path}, line 1: expected "folds pairs", two whole numbers from 1, found ${quote(line)}`,
  );
}

function parsePair(line: string, number: number, path: string): Omit<PairLine, 'fold'> {
  const fields = splitFields(line);
  if (fields.length === 3) {
    const left = parseImage(fields[0], fields[1]);
    const right = parseImage(fields[0], fields[2]);
    if (left && right && left.number !== right.number) return { left, right, isGenuine: true };
  }
  if (fields.length === 4) {
    const left = parseImage(fields[0], fields[1]);
    const right = parseImage(fields[2], fields[3]);
    if (left && right && left.name !== right.name) return { left, right, isGenuine: false };
  }
  throw new GlimpseError(
    'bad-dataset',
    `${path}, line ${number}: expected "name i j" (two images of one person) or "name i name j" ` +
      `(two people), found ${quote(line)}`,
  );
}

function splitFields(line: string): string[] {
  const byTab = line.split('\t').map((field) => field.trim());
  return byTab.length === 3 || byTab.length === 4 ? byTab : line.split(/\s+/);
}

/** Null for a number that is none, or a name that is no plain folder name and so could lead elsewhere. */
function parseImage(name: string, digits: string): NumberedImage | null {
  const number = parseCount(digits);
  const isPlain = name !== '' && !name.startsWith('.') && !/[/\\\0]/.test(name);
  return number !== null && isPlain ? { name, number } : null;
}

function parseCount(digits: string): number | null {
  return /^0*[1-9]\d{0,8}$/.test(digits) ? Number(digits) : null;
}

function checkFolds(pairs: readonly PairLine[], header: Header, path: string): void {
  const genuinePerFold = new Int32Array(header.folds);
  for (const pair of pairs) if (pair.isGenuine) genuinePerFold[pair.fold]++;
  const wrong = genuinePerFold.findIndex((count) => count !== header.pairsPerClass);
  if (wrong < 0) return;
  throw new GlimpseError(
    'bad-dataset',
    `${path}: fold ${wrong + 1} has ${genuinePerFold[wrong]} genuine and ` +
      `${header.pairsPerClass * 2 - genuinePerFold[wrong]} impostor pairs, its header asks for ` +
      `${header.pairsPerClass} of each`,
  );
}

function quote(line: string): string {
  const shown = line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line;
  return JSON.stringify(shown);
}
