// The JSON fixtures that test/bench/pytorch writes.

import { readFileSync } from 'node:fs';

/** Parses test/fixtures/<name>; the caller names its shape. */
export function readFixture<Shape>(name: string): Shape {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')) as Shape;
}
