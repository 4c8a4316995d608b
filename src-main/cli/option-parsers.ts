// Parsers for commander's options and arguments: a wrong value is bad usage, named with the rule.

import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';

/** The folder the user stands in; npm runs scripts in the project's root and notes where it was called. */
export function callerFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { INIT_CWD, npm_lifecycle_event } = environment;
  return npm_lifecycle_event === 'glimpse' && INIT_CWD ? INIT_CWD : process.cwd();
}

/** An absolute path, from the user's folder. */
export function parsePath(text: string): string {
  if (text === '') throw new InvalidArgumentError('expected a path, got nothing.');
  return resolve(callerFolder(), text);
}

/** For an argument that is given several times. */
export function parsePaths(text: string, previous: readonly string[] = []): string[] {
  return [...previous, parsePath(text)];
}

/** A whole number within bounds, both included. */
export function integerParser(
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`expected a whole number ${range(least, most, Number.MAX_SAFE_INTEGER)}.`);
  };
}

/** The number of a track or face; as text, for arguments are. */
export function parseNumber(text: string): string {
  return String(integerParser(1)(text));
}

/** The same for an argument that is given several times. */
export function parseNumbers(text: string, previous: readonly string[] = []): string[] {
  return [...previous, parseNumber(text)];
}

/** A finite number within bounds, both included. */
export function numberParser(least: number, most: number = Number.MAX_VALUE): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`expected a number ${range(least, most, Number.MAX_VALUE)}.`);
  };
}

function range(least: number, most: number, unbounded: number): string {
  return most === unbounded ? `of at least ${least}` : `from ${least} to ${most}`;
}
