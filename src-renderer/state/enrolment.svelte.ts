// Enrolment into the chosen gallery: its form, its job, what became of its files, and imports that were left unfinished.

import type { Api } from '../api/bridge.ts';
import type {
  EnrolmentResult,
  ImportFileRow,
  ImportFilesAsked,
  JobView,
  UnfinishedImportRow,
} from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import { counted } from '../lib/format.ts';
import { words } from '../lib/language/words.ts';
import { EnrolmentForm } from './enrolment-form.svelte.ts';
import type { Galleries } from './galleries.svelte.ts';
import type { Jobs } from './jobs.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type { EnrolmentResult, ImportFileRow, UnfinishedImportRow };

/** Lists of files that are looked through: those of the import, and what was left out before it. */
export type FileList = ImportFilesAsked['state'] | 'left-out';

const PAGE_FILES = 200;

export class Enrolment {
  /** The form is shown in the place of the faces. */
  isOpen = $state(false);
  /** Something was dropped where its path is not told. */
  wasDroppedBlind = $state(false);
  unfinished: readonly UnfinishedImportRow[] = $state.raw([]);
  /** The result whose files are looked through. */
  shown: { readonly job: string; readonly result: EnrolmentResult } | null = $state.raw(null);
  files: readonly ImportFileRow[] = $state.raw([]);
  hasMoreFiles = $state(false);
  readonly form: EnrolmentForm;
  readonly #api: Api;
  readonly #jobs: Jobs;
  readonly #galleries: Galleries;
  readonly #toasts: Toasts;
  /** Results that were put away. */
  #dismissed: readonly string[] = $state.raw([]);
  #list: FileList = 'failed';

  /** The last job of the chosen gallery; null where there is none, or it was put away. */
  readonly job: JobView | null = $derived.by(() => {
    const gallery = this.#galleries.current?.name;
    return (
      this.#jobs.all.findLast(
        ({ id, kind, subject }) => kind === 'enrol' && subject === gallery && !this.#dismissed.includes(id),
      ) ?? null
    );
  });
  readonly isUnderWay: boolean = $derived(this.job !== null && this.job.endedAt === null);

  constructor(api: Api, jobs: Jobs, galleries: Galleries, toasts: Toasts, onShow: () => void) {
    this.#api = api;
    this.#jobs = jobs;
    this.#galleries = galleries;
    this.#toasts = toasts;
    this.form = new EnrolmentForm(api);
    jobs.onEnd((job) => {
      if (job.kind !== 'enrol') return;
      void this.loadUnfinished();
      if (job.outcome?.kind !== 'enrol') return;
      const { gallery, faces } = job.outcome.value;
      toasts.tell(words.enrolment.finished(counted(faces, 'face'), gallery), {
        label: words.enrolment.show,
        run: () => {
          void galleries.choose(gallery);
          onShow();
        },
      });
    });
  }

  /** The form, for what was dropped or is still to be chosen. */
  open(paths: readonly string[] | null = null): void {
    const { current } = this.#galleries;
    if (current === null || this.isUnderWay) return;
    this.isOpen = true;
    this.wasDroppedBlind = false;
    if (paths !== null) this.form.take(paths);
    void this.form.open(current);
  }

  close(): void {
    this.isOpen = false;
    this.wasDroppedBlind = false;
  }

  async start(): Promise<void> {
    const { start } = this.form;
    if (start === null) return;
    await this.#try(async () => {
      await this.#api.call('enrolment.start', start);
      this.form.clear();
      this.close();
    });
  }

  async loadUnfinished(): Promise<void> {
    const gallery = this.#galleries.current?.name;
    this.unfinished = [];
    if (gallery === undefined) return;
    // A gallery that cannot be asked says so elsewhere.
    const found = await this.#api.call('enrolment.unfinished', { gallery }).catch(() => []);
    if (this.#galleries.current?.name === gallery) this.unfinished = found;
  }

  async resume({ import: number }: UnfinishedImportRow): Promise<void> {
    await this.#ofGallery((gallery) => this.#api.call('enrolment.resume', { gallery, import: number }));
  }

  /** Leaves the rest of its files. */
  async end({ import: number }: UnfinishedImportRow): Promise<void> {
    await this.#ofGallery((gallery) => this.#api.call('enrolment.end', { gallery, import: number }));
  }

  /** Takes the result out of sight; the job stays in the list. */
  dismiss(job: JobView): void {
    this.#dismissed = [...this.#dismissed, job.id];
  }

  async showFiles(job: string, result: EnrolmentResult, list: FileList): Promise<void> {
    this.shown = { job, result };
    this.#list = list;
    this.files = [];
    this.hasMoreFiles = false;
    await this.moreFiles();
  }

  async moreFiles(): Promise<void> {
    const { shown } = this;
    const list = this.#list;
    if (shown?.result.import === null || shown === null || list === 'left-out') return;
    const { gallery, import: number } = shown.result;
    await this.#try(async () => {
      const after = this.files[this.files.length - 1]?.position ?? -1;
      const page = await this.#api.call('enrolment.files', {
        ...{ gallery, import: number, state: list, after, limit: PAGE_FILES },
      });
      if (this.shown !== shown || this.#list !== list) return;
      this.files = [...this.files, ...page];
      this.hasMoreFiles = page.length === PAGE_FILES;
    });
  }

  /** True where it was written. */
  async saveFailures(file: string): Promise<boolean> {
    const job = this.shown?.job;
    if (job === undefined) return false;
    return this.#try(async () => {
      const { rows } = await this.#api.call('enrolment.save-failures', { job, file });
      this.#toasts.tell(words.enrolment.files.saved(counted(rows, 'row'), file));
    });
  }

  async #ofGallery(action: (gallery: string) => Promise<unknown>): Promise<void> {
    const gallery = this.#galleries.current?.name;
    if (gallery === undefined) return;
    await this.#try(() => action(gallery));
    await this.loadUnfinished();
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
