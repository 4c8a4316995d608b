// The Benchmarks place: where data lie, which result is looked at, which cell of it is open.

import type { Api } from '../api/bridge.ts';
import type {
  BenchmarkData,
  BenchmarkDetail,
  BenchmarkList,
  BenchmarkName,
  BenchmarkRow,
  CellDetail,
  CellSummary,
  JobView,
  PublishedTable,
  ReportAsked,
  ReportFormat,
  TextTable,
  WorstPair,
} from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import { words } from '../lib/language/words.ts';
import { BenchmarkForm } from './benchmark-form.svelte.ts';
import type { Jobs } from './jobs.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type {
  BenchmarkData,
  BenchmarkDetail,
  BenchmarkName,
  BenchmarkRow,
  CellDetail,
  CellSummary,
  PublishedTable,
  ReportFormat,
  TextTable,
  WorstPair,
};

export type BenchmarkView =
  | { readonly kind: 'cards' }
  | { readonly kind: 'setup'; readonly protocol: BenchmarkName }
  | { readonly kind: 'result'; readonly name: string };

const NONE: BenchmarkList = { data: [], results: [], problems: [] };

export class Benchmarks {
  list: BenchmarkList = $state.raw(NONE);
  isLoaded = $state(false);
  problem: string | null = $state(null);
  view: BenchmarkView = $state.raw({ kind: 'cards' });
  detail: BenchmarkDetail | null = $state.raw(null);
  cell: CellDetail | null = $state.raw(null);
  dialog: 'report' | 'delete' | null = $state(null);
  readonly form: BenchmarkForm;
  readonly #api: Api;
  readonly #jobs: Jobs;
  readonly #toasts: Toasts;

  constructor(api: Api, jobs: Jobs, toasts: Toasts) {
    this.#api = api;
    this.#jobs = jobs;
    this.#toasts = toasts;
    this.form = new BenchmarkForm(api);
    jobs.onEnd((job) => {
      if (job.outcome?.kind === 'benchmark') void this.#takeResult(job.outcome.value.result);
    });
  }

  async load(): Promise<void> {
    try {
      this.list = await this.#api.call('benchmarks.list', {});
      this.problem = null;
      this.isLoaded = true;
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  /** The unfinished run of a benchmark, if there is one. */
  jobOf(protocol: string): JobView | null {
    return (
      this.#jobs.all.findLast(
        ({ kind, subject, endedAt }) => kind === 'benchmark' && subject === protocol && endedAt === null,
      ) ?? null
    );
  }

  dataOf(protocol: BenchmarkName): BenchmarkData | null {
    return this.list.data.find((data) => data.protocol === protocol) ?? null;
  }

  lastOf(protocol: string): BenchmarkRow | null {
    return this.list.results.find((row) => row.protocol === protocol) ?? null;
  }

  async locate(protocol: BenchmarkName, path: string): Promise<void> {
    await this.#try(async () => {
      this.list = await this.#api.call('benchmarks.locate', { protocol, path: path === '' ? null : path });
    });
  }

  showCards(): void {
    this.view = { kind: 'cards' };
  }

  async setUp(protocol: BenchmarkName): Promise<void> {
    this.view = { kind: 'setup', protocol };
    await this.form.open(protocol, this.dataOf(protocol)?.path ?? '');
  }

  async changeData(path: string): Promise<void> {
    const { protocol } = this.form;
    this.form.change({ dataPath: path });
    await this.locate(protocol, path);
  }

  async open(name: string): Promise<void> {
    this.view = { kind: 'result', name };
    this.cell = null;
    if (this.detail?.name !== name) this.detail = null;
    await this.#try(async () => {
      const detail = await this.#api.call('benchmarks.read', { result: name });
      if (this.view.kind === 'result' && this.view.name === name) this.detail = detail;
    });
  }

  async openCell(id: string): Promise<void> {
    const result = this.detail?.name;
    if (result === undefined) return;
    await this.#try(async () => {
      const cell = await this.#api.call('benchmarks.cell', { result, cell: id });
      if (this.detail?.name === result) this.cell = cell;
    });
  }

  closeCell(): void {
    this.cell = null;
  }

  async start(): Promise<void> {
    const request = this.form.request;
    if (request === null) return;
    await this.#try(() => this.#api.call('benchmarks.start', request));
  }

  /** True where the job was taken on. */
  async writeReport(request: ReportAsked): Promise<boolean> {
    return this.#try(() => this.#api.call('benchmarks.report', request));
  }

  async remove(name: string): Promise<void> {
    await this.#try(async () => {
      const { item } = await this.#api.call('trash.put', { kind: 'benchmark', name });
      this.#toasts.tell(words.benchmarks.deleting.done(name), {
        label: words.common.undo,
        run: () => void this.#restore(item),
      });
      this.showCards();
      await this.load();
    });
  }

  async #restore(item: string): Promise<void> {
    await this.#try(async () => {
      await this.#api.call('trash.restore', { item });
      await this.load();
    });
  }

  /** A person who waits for it at its form is shown it. */
  async #takeResult(name: string): Promise<void> {
    await this.load();
    const row = this.list.results.find((result) => result.name === name);
    const isAwaited = this.view.kind === 'setup' && this.view.protocol === row?.protocol;
    const isShown = this.view.kind === 'result' && this.view.name === name;
    if (isAwaited || isShown) await this.open(name);
  }

  async #try(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      this.#toasts.warn(messageOf(error));
      return false;
    }
  }
}
