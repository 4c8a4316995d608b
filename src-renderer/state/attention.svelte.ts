// What of the chosen gallery needs attention: labels in doubt, pictures that are there twice, files that were left out.

import type { Api } from '../api/bridge.ts';
import type {
  DoubtedTrackView,
  DoubtView,
  LabelsView,
  LeftOutState,
  LeftOutView,
  Side,
} from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import { words } from '../lib/language/words.ts';
import type { ChangeAsked, Changes } from './changes.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type { DoubtedTrackView, DoubtView, LabelsView, LeftOutState, LeftOutView };

export type AttentionPart = keyof typeof words.people.attention.parts;
export type DoubtKind = 'alike' | 'unlike';

const MOST_LEFT_OUT = 500;

export class Attention {
  part: AttentionPart = $state('alike');
  labels: LabelsView | null = $state.raw(null);
  leftOut: LeftOutView | null = $state.raw(null);
  leftOutState: LeftOutState = $state('failed');
  isLoaded = $state(false);
  problem: string | null = $state(null);
  #gallery: string | null = null;
  #generation = 0;
  readonly #api: Api;
  readonly #changes: Changes;
  readonly #toasts: Toasts;

  constructor(api: Api, changes: Changes, toasts: Toasts) {
    this.#api = api;
    this.#changes = changes;
    this.#toasts = toasts;
  }

  async load(gallery: string): Promise<void> {
    if (gallery !== this.#gallery) {
      this.labels = null;
      this.leftOut = null;
      this.isLoaded = false;
    }
    this.#gallery = gallery;
    this.#generation++;
    const generation = this.#generation;
    try {
      const state = this.leftOutState;
      const [labels, leftOut] = await Promise.all([
        this.#api.call('gallery.labels', { gallery }),
        this.#api.call('gallery.left-out', { gallery, state, limit: MOST_LEFT_OUT }),
      ]);
      if (generation !== this.#generation) return;
      this.labels = labels;
      this.leftOut = leftOut;
      this.problem = null;
    } catch (error) {
      if (generation === this.#generation) this.problem = messageOf(error);
    }
    this.isLoaded = true;
  }

  async showLeftOut(state: LeftOutState): Promise<void> {
    this.leftOutState = state;
    if (this.#gallery !== null) await this.load(this.#gallery);
  }

  /** Starts the job. */
  async check(side: Side): Promise<void> {
    const gallery = this.#gallery;
    if (gallery === null) return;
    try {
      await this.#api.call('gallery.check-labels', { gallery, side });
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }

  /** The two people are one; the left one stays. */
  async merge({ left, right }: DoubtView): Promise<void> {
    const change = { kind: 'merge', subject: left.subjectId, others: [right.subjectId] } as const;
    await this.#make(change, words.gallery.people.merged(personName(left)));
  }

  /** A track goes to the person of the other one. */
  async give(track: DoubtedTrackView, to: DoubtedTrackView): Promise<void> {
    const change = {
      kind: 'move',
      tracks: [track.trackId],
      owner: { subjectId: to.subjectId },
    } as const;
    await this.#make(change, words.people.tracks.moved(1, personName(to)));
  }

  async move(tracks: readonly number[], owner: ChangeOwner, who: string): Promise<void> {
    await this.#make({ kind: 'move', tracks, owner }, words.people.tracks.moved(tracks.length, who));
  }

  /** A person has looked: the labels are right. */
  async settle(kind: DoubtKind, { left, right }: DoubtView): Promise<void> {
    const gallery = this.#gallery;
    if (gallery === null) return;
    const pair = { gallery, kind, one: left.trackId, other: right.trackId };
    try {
      await this.#api.call('gallery.settle-doubt', { ...pair, isRight: true });
      this.#toasts.tell(words.people.attention.settledSays, {
        label: words.common.undo,
        run: () => void this.#api.call('gallery.settle-doubt', { ...pair, isRight: false }),
      });
    } catch (error) {
      this.#toasts.warn(messageOf(error));
    }
  }

  /** Throws what stands in the way. */
  async saveLeftOut(target: string): Promise<void> {
    const gallery = this.#gallery;
    if (gallery === null) return;
    const { rows } = await this.#api.call('gallery.save-left-out', {
      ...{ gallery, state: this.leftOutState, target },
    });
    this.#toasts.tell(words.people.attention.leftOut.saved(rows));
  }

  async #make(change: ChangeAsked, says: string): Promise<void> {
    if (this.#gallery !== null) await this.#changes.make(this.#gallery, change, says);
  }
}

type ChangeOwner = Extract<ChangeAsked, { kind: 'move' }>['owner'];

export function personName({ subject, subjectId }: Pick<DoubtedTrackView, 'subject' | 'subjectId'>): string {
  return subject ?? words.people.somebody(subjectId);
}
