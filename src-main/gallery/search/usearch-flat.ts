// usearch's exact search over one flat matrix: the baseline that our own search is measured against.

import { exactSearch, MetricKind } from 'usearch';
import type { FlatBaseline } from './bench-search.ts';

export function usearchFlat(threads: number): FlatBaseline {
  return {
    name: 'usearch exactSearch',
    search: (gallery, probes, dimension, limit) => {
      exactSearch(gallery, probes, dimension, limit, MetricKind.IP, threads);
    },
  };
}
