// The sample project: drawn people for somebody who has no data yet.

import * as v from 'valibot';
import { galleryName, integer } from './shapes.ts';

/** Probe pictures that can be asked for, three of each of four people. */
export const SAMPLE_PROBES = 12;

export const sampleProbe = v.strictObject({ gallery: galleryName, at: integer(1, SAMPLE_PROBES) });

export interface SampleResult {
  /** The gallery's name. */
  readonly gallery: string;
  readonly faces: number;
  readonly people: number;
}
