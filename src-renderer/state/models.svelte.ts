// The Models place: what there is, which one is looked at, and the jobs that make, check and take away.

import type { Api } from '../api/bridge.ts';
import type {
  AdaptResult,
  JobView,
  ModelList,
  Request,
  StudentCard,
  TeacherCard,
  VerifyResult,
} from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import { words } from '../lib/language/words.ts';
import type { Jobs } from './jobs.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type { AdaptResult, StudentCard, TeacherCard, VerifyResult };
export type ModelCard = StudentCard | TeacherCard;
export type ModelDialog = 'import' | 'export' | 'verify' | 'adapt' | 'delete';

const NONE: ModelList = { teachers: [], students: [], profiles: [], problems: [] };

export class Models {
  list: ModelList = $state.raw(NONE);
  isLoaded = $state(false);
  problem: string | null = $state(null);
  /** Role and name. */
  selected: { readonly role: ModelCard['role']; readonly name: string } | null = $state.raw(null);
  dialog: ModelDialog | null = $state(null);
  readonly all: readonly ModelCard[] = $derived([...this.list.teachers, ...this.list.students]);
  readonly card: ModelCard | null = $derived(
    this.all.find(({ role, name }) => role === this.selected?.role && name === this.selected.name) ?? null,
  );
  readonly #api: Api;
  readonly #jobs: Jobs;
  readonly #toasts: Toasts;

  constructor(api: Api, jobs: Jobs, toasts: Toasts) {
    this.#api = api;
    this.#jobs = jobs;
    this.#toasts = toasts;
    jobs.onEnd(({ kind, state }) => {
      if (state === 'done' && kind !== 'doctor') void this.load();
    });
  }

  async load(): Promise<void> {
    try {
      this.list = await this.#api.call('models.list', {});
      this.problem = null;
      this.isLoaded = true;
      if (this.card === null && this.all.length > 0) {
        const [first] = this.list.students.length > 0 ? this.list.students : this.list.teachers;
        this.selected = { role: first.role, name: first.name };
      }
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  /** The last finished job of a kind on a model, for its result. */
  lastResult<K extends JobView['kind']>(kind: K, name: string): JobView | null {
    return (
      this.#jobs.all.findLast((job) => job.kind === kind && job.subject === name && job.state === 'done') ??
      null
    );
  }

  /** True where the job was taken on. */
  async start<C extends 'models.import' | 'models.export' | 'models.verify' | 'models.adapt'>(
    channel: C,
    request: Request<C>,
  ): Promise<boolean> {
    try {
      await this.#api.call(channel, request);
      this.dialog = null;
      return true;
    } catch (error) {
      this.#toasts.warn(messageOf(error));
      return false;
    }
  }

  async remove(card: ModelCard): Promise<void> {
    try {
      const kind = card.role === 'teacher' ? 'teacher' : 'run';
      const { item } = await this.#api.call('trash.put', { kind, name: card.name });
      this.#toasts.tell(words.models.deleting.done(card.name), {
        label: words.common.undo,
        run: () => void this.#restore(item),
      });
      this.selected = null;
      await this.load();
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }

  async #restore(item: string): Promise<void> {
    try {
      await this.#api.call('trash.restore', { item });
      await this.load();
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }
}
