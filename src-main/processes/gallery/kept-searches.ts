// The last searches of an open gallery with their probes: what may go into a case is what was found, not what a window sends.

import { ensure } from '../../common/errors.ts';
import type { Probe, ProbeEntry } from '../search/probe.ts';
import type { SearchReport } from '../search/search-job.ts';

const MOST_KEPT = 50;

export interface KeptSearch {
  readonly probe: Probe;
  /** The faces of a probe from outside, each with its own embedding; null for an enrolled one. */
  readonly entries: readonly ProbeEntry[] | null;
  readonly report: SearchReport;
}

export class KeptSearches {
  readonly #kept = new Map<number, KeptSearch>();
  #last = 0;

  /** Returns its number. */
  keep(search: KeptSearch): number {
    this.#last++;
    this.#kept.set(this.#last, search);
    this.#kept.delete(this.#last - MOST_KEPT);
    return this.#last;
  }

  /** What was found may be purged by now: none of it may come back. */
  forget(): void {
    this.#kept.clear();
  }

  /** Throws `not-found`. */
  of(number: number): KeptSearch {
    const search = this.#kept.get(number);
    ensure(search !== undefined, 'not-found', `search ${number} is no longer kept: search again`);
    return search;
  }
}
