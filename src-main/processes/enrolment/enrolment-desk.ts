// Enrolments of the window: planned by the engine, then read and embedded by it batch by batch and stored by the gallery process.
// Runs in the host, which only passes batches on.

import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type {
  EnrolmentAsked,
  EnrolmentPlan,
  EnrolmentPlanAsked,
  EnrolmentResult,
  EnrolmentSide,
} from '../../contract/enrolment.ts';
import type { Side } from '../../contract/galleries.ts';
import type { WantedSpace } from '../../gallery/enrol/import-spaces.ts';
import type { EngineService } from '../engine/engine-service.ts';
import type { ProbeModel } from '../engine/open-models.ts';
import type { SideModel } from '../engine/picture-embedder.ts';
import type { BegunSource, SentOutcome } from '../gallery/enrolment-service.ts';
import type { GalleryModels } from '../gallery/gallery-models.ts';
import type { NamedGalleries } from '../gallery/named-galleries.ts';
import type { Supervised } from '../supervised.ts';
import { knownVideo, runFrames } from './frames-run.ts';

/** As it is kept on disk: a source that was chosen, or an import that was left unfinished. */
export type EnrolmentJob = { readonly gallery: string } & (
  | { readonly kind: 'source'; readonly asked: EnrolmentAsked }
  | { readonly kind: 'unfinished'; readonly importId: number }
);

interface Tools {
  readonly engine: Supervised<EngineService>;
  readonly galleries: NamedGalleries;
  readonly models: GalleryModels;
}

/** What embeds a side. */
interface ChosenSide {
  readonly model: ProbeModel;
  readonly view: EnrolmentSide;
}

/** Some hundred milliseconds for a student, as long for a teacher; a picture has several faces, and is searched for them. */
const FILES_PER_BATCH = { student: 96, teacher: 16, pictures: 8 };
/** What is kept with the job of files that were left out. */
const MOST_LEFT_OUT = 2000;
const SIDES: readonly Side[] = ['lr', 'hr'];

export class EnrolmentDesk {
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** Throws what reading the source throws, and `not-found` where a model that the gallery answers by is not here. */
  async plan({ gallery, student, teacher, ...source }: EnrolmentPlanAsked): Promise<EnrolmentPlan> {
    const sides = await this.#sidesOf(gallery, { student, teacher });
    const models = sides.map(({ model }) => ({ ...model, spaceId: 0 }));
    const plan = await this.#tools.engine.call('planSource', { ...source, models });
    const unfinished = (await this.#tools.galleries.call(gallery, 'unfinishedImports', {})).find(
      ({ kind, root }) => kind === plan.kind && root === plan.root,
    );
    const { secondsPerFile } = plan.sample;
    return {
      ...plan,
      sides: sides.map(({ view }) => view),
      seconds: secondsPerFile === null || plan.files === null ? null : secondsPerFile * plan.files,
      unfinished: unfinished === undefined ? null : { import: unfinished.importId, todo: unfinished.todo },
    };
  }

  /** A cancelled or killed enrolment keeps whole batches; run again it goes on from there. Throws `cancelled` and `lost-process`. */
  async run(job: EnrolmentJob, progress: ProgressToken, resumes: boolean): Promise<EnrolmentResult> {
    const { gallery } = job;
    const { galleries, models } = this.#tools;
    if (job.kind === 'source' && (job.asked.reading === 'frames' || job.asked.reading === 'video'))
      return this.#runFrames(job.asked, job.asked.reading, progress);
    const begun = await this.#begin(job, resumes);
    const { importId, spaces, files, resumedAt, root } = begun;
    const sides: SideModel[] = [];
    for (const space of spaces) sides.push({ ...(await models.of(gallery, space)), spaceId: space.id });
    const stage = progress.stage('enrolling', files, 'files', resumedAt);
    const read = (after: number): Promise<Batch | null> =>
      this.#readBatch(gallery, begun, sides, after, progress);
    for (let reading = read(-1); ; ) {
      const batch = await reading;
      if (batch === null) break;
      progress.throwIfCancelled();
      // The engine reads the next files while these are stored.
      reading = read(batch.last);
      reading.catch(() => {});
      await galleries.call(gallery, 'enrol', { importId, spaces, outcomes: batch.outcomes });
      stage.advance(batch.outcomes.length);
    }
    const { failures: _, ...counts } = await galleries.call(gallery, 'finishEnrolment', { importId, spaces });
    return {
      ...{ gallery, import: importId, root, files, resumedAt, tracks: null, notes: [] },
      ...{ faces: counts.faces, done: counts.done, duplicates: counts.duplicate },
      ...{ withoutFace: counts['no-face'], failed: counts.failed },
      ...{ leftOut: begun.leftOut.slice(0, MOST_LEFT_OUT), leftOutCount: begun.leftOut.length },
    };
  }

  async #begin(job: EnrolmentJob, resumes: boolean): Promise<BegunSource> {
    const { galleries } = this.#tools;
    const { gallery } = job;
    if (job.kind === 'unfinished') {
      const resumed = await galleries.call(gallery, 'resumeEnrolment', { importId: job.importId });
      return { ...resumed, leftOut: [] };
    }
    const { paths, reading, subjects, anywhere, camera } = job.asked;
    const spaces = await this.#wantedSpaces(job.asked);
    const asCrops = reading === 'crops';
    const source = { paths, subjects, anywhere, camera, resumes };
    return galleries.call(gallery, 'beginSource', { ...source, asCrops, spaces });
  }

  async #runFrames(
    asked: EnrolmentAsked,
    kind: 'frames' | 'video',
    progress: ProgressToken,
  ): Promise<EnrolmentResult> {
    const { gallery, paths, camera, frames } = asked;
    const [path, ...others] = paths;
    ensure(others.length === 0, 'bad-usage', 'frames and videos are read one folder or file at a time');
    const spaces = await this.#wantedSpaces(asked);
    const begin = { ...frames, kind, path, camera, spaces };
    const begun = await this.#tools.galleries.call(gallery, 'beginFrames', begin);
    if (begun === null) return knownVideo(asked);
    const sides: SideModel[] = [];
    for (const space of begun.spaces)
      sides.push({ ...(await this.#tools.models.of(gallery, space)), spaceId: space.id });
    return runFrames(this.#tools, asked, begun, sides, progress);
  }

  async #wantedSpaces({ gallery, student, teacher }: EnrolmentAsked): Promise<WantedSpace[]> {
    const sides = await this.#sidesOf(gallery, { student, teacher });
    ensure(sides.length > 0, 'bad-usage', 'an enrolment needs a student, a teacher, or both');
    const models = sides.map(({ model }) => model);
    const keys = await this.#tools.engine.call('spacesOf', { models });
    const stored = await this.#storedProfiles(gallery, keys);
    return keys.map((space, at) => ({ space, profile: stored[at] }));
  }

  /** The profiles come from the gallery itself. */
  async #storedProfiles(gallery: string, keys: readonly { readonly profileDigest: string | null }[]) {
    return Promise.all(
      keys.map(({ profileDigest }) =>
        profileDigest === null
          ? null
          : this.#tools.galleries.call(gallery, 'profile', { digest: profileDigest }),
      ),
    );
  }

  async #readBatch(
    gallery: string,
    { importId, asCrops }: Pick<BegunSource, 'importId' | 'asCrops'>,
    models: readonly SideModel[],
    after: number,
    { signal }: ProgressToken,
  ): Promise<Batch | null> {
    const slowest = models.some(({ kind }) => kind === 'teacher') ? 'teacher' : 'student';
    const limit = FILES_PER_BATCH[asCrops ? slowest : 'pictures'];
    const items = await this.#tools.galleries.call(gallery, 'enrolmentItems', { importId, after, limit });
    if (items.length === 0) return null;
    const outcomes = await this.#tools.engine.call('embedPictures', { items, asCrops, models }, { signal });
    return { last: items[items.length - 1].position, outcomes };
  }

  /** Where the gallery answers on a side already, by that; else by what was chosen. */
  async #sidesOf(
    gallery: string,
    chosen: { readonly student: string | null; readonly teacher: string | null },
  ): Promise<ChosenSide[]> {
    const active = await this.#tools.models.activeSpaces(gallery);
    const sides: ChosenSide[] = [];
    for (const side of SIDES) {
      const space = active.find((each) => each.side === side);
      const name = side === 'lr' ? chosen.student : chosen.teacher;
      if (space !== undefined) {
        const model = await this.#tools.models.of(gallery, space);
        sides.push({ model, view: { side, model: model.name, profile: space.profile, isOwn: true } });
      } else if (name !== null) {
        const kind = side === 'lr' ? 'student' : 'teacher';
        sides.push({
          model: { kind, name, profile: null },
          view: { side, model: name, profile: null, isOwn: false },
        });
      }
    }
    return sides;
  }
}

interface Batch {
  /** Position of its last file. */
  readonly last: number;
  readonly outcomes: readonly SentOutcome[];
}
