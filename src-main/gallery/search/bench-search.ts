// Benchmark of search on synthetic unit vectors: one probe, a batch, filtered, compact, filling, adding, memory.

import { normalise } from '../../common/matrix.ts';
import { Rng } from '../../common/rng.ts';
import { medianOf } from '../../common/statistics.ts';
import type { SearchAnswer, SearchRequest } from './request.ts';
import { NO_ATTRIBUTES } from './row-attributes.ts';
import { SearchClient, type SearchSpace } from './search-client.ts';
import { VectorStore } from './vector-store.ts';

const LIMIT = 10;
/** Rows of one write while filling. */
const ROWS_PER_WRITE = 1000;
/** One camera in a hundred is asked for by the filtered search. */
const CAMERAS = 100;
const ADDED_FACES = 20;
const WARM_UP_SEARCHES = 3;

/** Something that searches N × D float32 in one piece. */
export interface FlatBaseline {
  readonly name: string;
  search(gallery: Float32Array, probes: Float32Array, dimension: number, limit: number): void;
}

export interface SearchBenchOptions {
  /** N; the baseline holds N × D float32 beside ours. */
  readonly rows: number;
  readonly dimension: number;
  readonly threads: number;
  /** Probes of a batch. */
  readonly batch: number;
  /** Timed searches after the warm-up. */
  readonly rounds: number;
  readonly seed: number;
  /** Null measures ours alone. */
  readonly baseline: FlatBaseline | null;
  readonly note?: (line: string) => void;
}

export interface SearchTiming {
  /** Milliseconds of the median search. */
  readonly median: number;
  readonly fastest: number;
  readonly slowest: number;
}

export interface EncodingBench {
  readonly oneProbe: SearchTiming;
  readonly batch: SearchTiming;
  /** From the first vector handed over to the last (none read from a database), and the first answer after that. */
  readonly fillMs: number;
  readonly firstAnswerMs: number;
  /** What the process grew by, over N × D × 4 bytes. */
  readonly residentShare: number;
}

export interface SearchBenchResult {
  readonly name: 'search';
  readonly rows: number;
  readonly dimension: number;
  readonly threads: number;
  readonly batchProbes: number;
  /** Milliseconds of one probe, exact. */
  readonly median: number;
  readonly unit: 'ms';
  readonly baseline: { readonly name: string; readonly median: number; readonly batch: SearchTiming } | null;
  /** Baseline over ours: above 1 where ours is better. */
  readonly ratio: number | null;
  readonly batchRatio: number | null;
  readonly exact: EncodingBench;
  /** One probe among the hundredth of the rows that passes a filter. */
  readonly filtered: SearchTiming;
  /** From a new face's vector to an answer that holds it. */
  readonly addedFound: SearchTiming;
  /** `speedup` over our own exact search; recall of its ten best over the batch. */
  readonly compact: EncodingBench & { readonly speedup: number; readonly recall: number };
  /** Highest resident memory up to the end of our runs, before the baseline's matrix is made. */
  readonly peakRssMb: number;
}

export async function benchSearch(options: SearchBenchOptions): Promise<SearchBenchResult> {
  const { rows, dimension, threads, batch, baseline, note = () => {} } = options;
  const probes = syntheticRows(options, rows, batch);
  const client = new SearchClient({ threads });
  try {
    // The threads are up before memory is looked at.
    await attachEmpty(client, dimension);
    const exact = await benchEncoding('exact', client, probes, options);
    note(`exact: one probe ${exact.bench.oneProbe.median.toFixed(1)} ms`);
    const { store, space } = exact;
    const filtered = await timeSearches(options.rounds, async () => {
      await space.search({ ...requestOf(probes.subarray(0, dimension)), filter: { cameraIds: [1] } });
    });
    const addedFound = await timeAdding(store, space, options);
    space.detach();
    const compact = await benchEncoding('compact', client, probes, options);
    compact.space.detach();
    note(`compact: one probe ${compact.bench.oneProbe.median.toFixed(1)} ms`);
    const peakRssMb = process.resourceUsage().maxRSS / 1024;
    const flat = baseline === null ? null : await benchBaseline(baseline, probes, options);
    return {
      name: 'search',
      rows,
      dimension,
      threads,
      batchProbes: batch,
      median: exact.bench.oneProbe.median,
      unit: 'ms',
      baseline: flat,
      ratio: flat && flat.median / exact.bench.oneProbe.median,
      batchRatio: flat && flat.batch.median / exact.bench.batch.median,
      exact: exact.bench,
      filtered,
      addedFound,
      compact: {
        ...compact.bench,
        speedup: exact.bench.oneProbe.median / compact.bench.oneProbe.median,
        recall: recallOf(compact.answers, exact.answers),
      },
      peakRssMb,
    };
  } finally {
    await client.close();
  }
}

/** Starts the threads and has them compile the kernels' JavaScript once. */
async function attachEmpty(client: SearchClient, dimension: number): Promise<void> {
  const space = client.attach(new VectorStore({ dimension }));
  const probe = new Float32Array(dimension);
  probe[0] = 1;
  await space.search(requestOf(probe));
  space.detach();
}

async function benchEncoding(
  encoding: 'exact' | 'compact',
  client: SearchClient,
  probes: Float32Array,
  options: SearchBenchOptions,
): Promise<{ bench: EncodingBench; store: VectorStore; space: SearchSpace; answers: SearchAnswer[] }> {
  const { rows, dimension, rounds } = options;
  const residentBefore = process.memoryUsage.rss();
  const store = new VectorStore({ dimension, encoding });
  // A compact store's vectors are in a database; here they are made again.
  const space = client.attach(store, (ids) => ids.map((id) => syntheticRows(options, id, 1)));
  const fillMs = fill(store, options);
  const oneProbe = requestOf(probes.subarray(0, dimension));
  const firstAnswerMs = await msOf(() => space.search(oneProbe));
  const one = await timeSearches(rounds, () => space.search(oneProbe));
  const many = await timeSearches(rounds, () => space.search(requestOf(probes)));
  const answers = await space.search(requestOf(probes));
  const grownBytes = process.memoryUsage.rss() - residentBefore;
  const bench = {
    oneProbe: one,
    batch: many,
    fillMs,
    firstAnswerMs,
    residentShare: grownBytes / (4 * rows * dimension),
  };
  return { bench, store, space, answers };
}

/** Milliseconds that the store took; making the vectors does not count. */
function fill(store: VectorStore, options: SearchBenchOptions): number {
  const { rows, dimension } = options;
  // One array for all: garbage would count as the store's memory.
  const made = new Float32Array(ROWS_PER_WRITE * dimension);
  let tookMs = 0;
  for (let first = 0; first < rows; first += ROWS_PER_WRITE) {
    const count = Math.min(ROWS_PER_WRITE, rows - first);
    writeSyntheticRows(options, first, made.subarray(0, count * dimension));
    const startedMs = performance.now();
    store.write((writer) => {
      for (let index = 0; index < count; index++) {
        const id = first + index;
        const vector = made.subarray(index * dimension, (index + 1) * dimension);
        writer.put(id, vector, { ...NO_ATTRIBUTES, trackId: id + 1, cameraId: 1 + (id % CAMERAS) });
      }
    });
    tookMs += performance.now() - startedMs;
  }
  return tookMs;
}

/** New faces that are their own probes: each must be the best hit of the search that follows its being put. */
async function timeAdding(
  store: VectorStore,
  space: SearchSpace,
  options: SearchBenchOptions,
): Promise<SearchTiming> {
  const added = options.rows + options.batch;
  const times: number[] = [];
  for (let index = 0; index < ADDED_FACES; index++) {
    const vector = syntheticRows(options, added + index, 1);
    times.push(
      await msOf(async () => {
        store.put(added + index, vector);
        const [{ hits }] = await space.search(requestOf(vector));
        if (hits[0].id !== added + index) throw new Error('an added face was not found by itself');
      }),
    );
  }
  return timingOf(times);
}

async function benchBaseline(
  baseline: FlatBaseline,
  probes: Float32Array,
  options: SearchBenchOptions,
): Promise<{ name: string; median: number; oneProbe: SearchTiming; batch: SearchTiming }> {
  const { rows, dimension, rounds } = options;
  const gallery = syntheticRows(options, 0, rows);
  const search = async (some: Float32Array): Promise<void> => {
    baseline.search(gallery, some, dimension, LIMIT);
  };
  const oneProbe = await timeSearches(rounds, () => search(probes.subarray(0, dimension).slice()));
  const batch = await timeSearches(Math.min(rounds, 3), () => search(probes));
  return { name: baseline.name, median: oneProbe.median, oneProbe, batch };
}

function requestOf(probes: Float32Array): SearchRequest {
  return { probes, fusion: 'each', groupBy: 'face', limit: LIMIT };
}

/** Share of the exact answers' hits that the others have too. */
function recallOf(answers: readonly SearchAnswer[], exact: readonly SearchAnswer[]): number {
  let found = 0;
  let wanted = 0;
  exact.forEach(({ hits }, index) => {
    const ids = new Set(answers[index].hits.map(({ id }) => id));
    wanted += hits.length;
    found += hits.filter(({ id }) => ids.has(id)).length;
  });
  return found / wanted;
}

async function timeSearches(rounds: number, search: () => Promise<unknown>): Promise<SearchTiming> {
  for (let index = 0; index < WARM_UP_SEARCHES; index++) await search();
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await msOf(search));
  return timingOf(times);
}

function timingOf(times: readonly number[]): SearchTiming {
  return { median: medianOf(times), fastest: Math.min(...times), slowest: Math.max(...times) };
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

function syntheticRows(options: SearchBenchOptions, first: number, count: number): Float32Array {
  const values = new Float32Array(count * options.dimension);
  writeSyntheticRows(options, first, values);
  return values;
}

/** Unit vectors, each made from the seed and its own number alone. */
function writeSyntheticRows(
  { dimension, seed }: SearchBenchOptions,
  first: number,
  values: Float32Array,
): void {
  for (let row = 0; row * dimension < values.length; row++) {
    const rng = Rng.seeded(seed, first + row);
    const vector = values.subarray(row * dimension, (row + 1) * dimension);
    for (let index = 0; index < dimension; index++) vector[index] = rng.uniform(-1, 1);
    normalise(vector);
  }
}
