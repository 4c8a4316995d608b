// Frames of a window's enrolment, read and embedded here a window at a time, for the gallery process to store.

import { ProgressToken } from '../../common/progress.ts';
import type { FrameFile } from '../../datasets/sources/frames.ts';
import { outcomeOf } from '../frames/enrol-frames-job.ts';
import { type Frame, type FrameSource, folderSource, videoSource } from '../frames/frame-source.ts';
import { type FrameReading, type FrameStart, readWindows } from '../frames/frame-windows.ts';
import type { SentFrame } from '../gallery/enrolment-service.ts';
import type { OpenModels } from './open-models.ts';
import type { SideModel } from './picture-embedder.ts';

/** The next window of a folder: its files with their numbers, the last one that was kept before them; or the next of a video. */
export type WindowSource =
  | {
      readonly kind: 'frames';
      readonly files: readonly NumberedFrame[];
      readonly lastKept: NumberedFrame | null;
    }
  | {
      readonly kind: 'video';
      readonly path: string;
      readonly sha256: Uint8Array;
      readonly framesPerSecond: number;
      readonly frames: number | null;
      readonly everyNth: number;
      readonly startedAtMs: number | null;
      readonly start: FrameStart;
    };

export interface NumberedFrame extends FrameFile {
  readonly position: number;
}

export interface WindowRequest {
  readonly source: WindowSource;
  readonly models: readonly SideModel[];
  readonly leastChange: number;
}

export interface FrameWindow {
  /** Empty at the end of a video. */
  readonly frames: readonly SentFrame[];
  /** Where the next window starts. */
  readonly next: FrameStart;
  readonly notes: readonly string[];
}

interface OpenVideo {
  readonly key: string;
  readonly source: FrameSource;
  readonly windows: AsyncGenerator<FrameReading[]>;
  next: FrameStart;
}

export class FrameReader {
  readonly #models: OpenModels;
  /** A video is decoded from its beginning: between two windows it stays open. One at a time is enrolled. */
  #video: OpenVideo | null = null;
  #progress = ProgressToken.silent();

  constructor(models: OpenModels) {
    this.#models = models;
  }

  /** Throws `cancelled`, and what reading the video throws. */
  async read(request: WindowRequest, progress: ProgressToken): Promise<FrameWindow> {
    this.#progress = progress;
    const { source, models } = request;
    if (source.kind === 'frames') {
      const files = [...(source.lastKept === null ? [] : [source.lastKept]), ...source.files];
      const start = {
        position: source.files[0].position,
        lastKept: source.lastKept?.position ?? null,
      };
      const windows = await this.#open(numberedSource(files), start, request);
      const { value = [] } = await windows.next();
      await windows.return(undefined);
      return { frames: sent(value, 'frame', models), next: nextAfter(value, start), notes: [] };
    }
    const open = await this.#openVideo(request, source);
    try {
      const { value = [], done } = await open.windows.next();
      const window: readonly FrameReading[] = done === true ? [] : value;
      open.next = nextAfter(window, open.next);
      if (window.length === 0) await this.close();
      return { frames: sent(window, 'video', models), next: open.next, notes: open.source.notes };
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Ends the ffmpeg of a video that was left in the middle. */
  async close(): Promise<void> {
    const open = this.#video;
    this.#video = null;
    await open?.windows.return(undefined);
  }

  async #openVideo(
    request: WindowRequest,
    source: Extract<WindowSource, { kind: 'video' }>,
  ): Promise<OpenVideo> {
    const { path, sha256, everyNth, start } = source;
    const key = JSON.stringify([path, Buffer.from(sha256).toString('hex'), everyNth]);
    if (this.#video?.key === key && this.#video.next.position === start.position) return this.#video;
    await this.close();
    const frames = videoSource(path, { ...source, sha256: Buffer.from(sha256) });
    const windows = await this.#open(frames, start, request);
    this.#video = { key, source: frames, windows, next: start };
    return this.#video;
  }

  async #open(
    source: FrameSource,
    start: FrameStart,
    { models, leastChange }: WindowRequest,
  ): Promise<AsyncGenerator<FrameReading[]>> {
    const embedders = models.map((model) => ({
      embed: (crops: Parameters<FrameEmbedder>[0]) => this.#models.use(model, (open) => open.embed(crops)),
    }));
    const looks = { finder: await this.#models.finder(), embedders, leastChange };
    // Each call has a token of its own; a reading that stays open asks the last one.
    const progress = { throwIfCancelled: () => this.#progress.throwIfCancelled() };
    return readWindows(source, start, looks, progress);
  }
}

type FrameEmbedder = Parameters<typeof readWindows>[2]['embedders'][number]['embed'];

/** Files that keep the numbers they have in their folder. */
function numberedSource(files: readonly NumberedFrame[]): FrameSource {
  return {
    kind: 'frame',
    frames: files.length,
    notes: [],
    async *open() {
      let at = 0;
      for await (const frame of folderSource(files).open(0)) {
        yield { ...frame, position: files[at].position } satisfies Frame;
        at++;
      }
    },
  };
}

function nextAfter(window: readonly FrameReading[], before: FrameStart): FrameStart {
  const last = window[window.length - 1];
  if (last === undefined) return before;
  const kept = window.filter(({ kind }) => kind === 'read').pop();
  return { position: last.frame.position + 1, lastKept: kept?.frame.position ?? before.lastKept };
}

function sent(
  window: readonly FrameReading[],
  kind: 'frame' | 'video',
  models: readonly SideModel[],
): SentFrame[] {
  const spaces = models.map(({ spaceId }) => ({ id: spaceId }));
  return window.map((reading) => {
    const outcome = outcomeOf(reading, kind, spaces);
    if (outcome.kind !== 'read') return outcome;
    const faces = outcome.faces.map((face) => ({ ...face, embeddings: [...face.embeddings] }));
    return { ...outcome, faces };
  });
}
