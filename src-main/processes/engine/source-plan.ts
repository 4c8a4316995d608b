// What an enrolment will meet and take, before it begins: the source is listed whole, a few of its files are read and embedded.

import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { EnrolmentPlanAsked, SizeRange, SourcePlan } from '../../contract/enrolment.ts';
import { decodesInFlight, type ImageReport, readImage } from '../../datasets/image-report.ts';
import { mapInFlight } from '../../datasets/in-flight.ts';
import { listFrames } from '../../datasets/sources/frames.ts';
import { type SourceItem, UNKNOWN_ORIGIN } from '../../datasets/sources/source-item.ts';
import type { ImportItem } from '../../gallery/db/queries/imports.ts';
import { embedPictureBatch, type PictureReading, readPictureBatch } from '../enrolment/picture-batch.ts';
import { findFaces } from '../enrolment/picture-faces.ts';
import { readPictureSource } from '../enrolment/picture-sources.ts';
import { isVideoFile, undatedNotes } from '../frames/open-origin.ts';
import { probeVideo, videoFrames } from '../video/video-frames.ts';
import type { OpenModels } from './open-models.ts';
import { embedForSides, type SideModel } from './picture-embedder.ts';

export type SourceRequest = Omit<EnrolmentPlanAsked, 'gallery' | 'student' | 'teacher'> & {
  readonly models: readonly SideModel[];
};

/** Files that are looked at, spread over the source. */
const SAMPLED = 24;
/** Crops of 112 px on the template, and smaller ones of cameras; whole pictures are larger. */
const WIDEST_LIKELY_CROP_PX = 160;
/** Files that are embedded together while the time is taken, and when that stops. */
const MEASURED_TOGETHER = { crops: 8, pictures: 2 } as const;
const LONGEST_MEASURING_MS = 2500;
const FRAMES_SAMPLED = 8;
/** What is told of what is left out. */
const MOST_LEFT_OUT = 200;

/** Throws what reading the source throws, and `cancelled`. */
export async function planSource(
  models: OpenModels,
  request: SourceRequest,
  progress: ProgressToken,
): Promise<SourcePlan> {
  const isMoving =
    request.reading === 'frames' ||
    request.reading === 'video' ||
    (request.reading === null && isVideoFile(request.paths[0]));
  return isMoving ? planFrames(models, request, progress) : planPictures(models, request, progress);
}

async function planFrames(
  models: OpenModels,
  request: SourceRequest,
  progress: ProgressToken,
): Promise<SourcePlan> {
  const [path, ...others] = request.paths;
  ensure(others.length === 0, 'bad-usage', 'frames and videos are read one folder or file at a time');
  const kind = request.reading === 'frames' ? 'frames' : 'video';
  const { framesPerSecond, everyNth, startedAtMs } = request.frames;
  const common = { kind, root: path, reading: kind, suggested: kind } as const;
  const nobody = { subjects: 0, unnamed: 0, cameras: request.camera === null ? 0 : 1 };
  if (kind === 'video') {
    const facts = await probeVideo(path);
    const sizes = rangeOf([Math.max(facts.width, facts.height)]);
    const files = facts.frames === null ? null : Math.ceil(facts.frames / everyNth);
    const looked = await lookAtVideo(models, path, facts.framesPerSecond, request, progress);
    return {
      ...{ ...common, ...nobody, files, leftOut: [], leftOutCount: 0, ...rangeOfTimes([]) },
      sample: { ...looked, sizes },
      notes: undatedNotes(facts.madeAtMs, startedAtMs),
    };
  }
  const list = await listFrames(path, { framesPerSecond, startedAtMs });
  const items = list.frames.map(({ path: file, name, capturedAtMs }) => ({
    ...{ ...UNKNOWN_ORIGIN, path: file, name, capturedAtMs },
  }));
  const times = items.map(({ capturedAtMs }) => capturedAtMs).filter((time) => time !== null);
  const sample = sampleOf(items);
  return {
    ...{ ...common, ...nobody, files: items.length, ...rangeOfTimes(times) },
    leftOut: list.leftOut.slice(0, MOST_LEFT_OUT),
    leftOutCount: list.leftOut.length,
    sample: {
      files: sample.length,
      sizes: rangeOf(await sizesOf(sample)),
      ...(await lookAt(models, sample, 'pictures', request.models, progress)),
    },
    notes: [],
  };
}

/** Its first frames: those further on would have to be decoded up to. */
async function lookAtVideo(
  models: OpenModels,
  path: string,
  framesPerSecond: number,
  { models: sides, frames }: SourceRequest,
  progress: ProgressToken,
): Promise<Omit<SourcePlan['sample'], 'sizes'>> {
  const finder = await models.finder();
  const embed = embedForSides(models, sides);
  const widths: number[] = [];
  let seen = 0;
  let startedMs = performance.now();
  for await (const { image } of videoFrames(path, framesPerSecond, { everyNth: frames.everyNth })) {
    progress.throwIfCancelled();
    const faces = await findFaces(finder, image);
    if (faces.length > 0 && sides.length > 0) await embed(faces.map(({ crop }) => crop));
    widths.push(...faces.map(({ quality }) => Math.round(quality.sizePx)));
    // The first one opens ffmpeg and the models, and does not count.
    if (seen === 0) startedMs = performance.now();
    seen++;
    if (seen === FRAMES_SAMPLED || (seen > 1 && performance.now() - startedMs > LONGEST_MEASURING_MS)) break;
  }
  const measuredMs = performance.now() - startedMs;
  return {
    files: seen,
    faces: { count: widths.length, sizes: rangeOf(widths) },
    unreadable: [],
    secondsPerFile: sides.length === 0 || seen < 2 ? null : measuredMs / (seen - 1) / 1000,
  };
}

async function planPictures(
  models: OpenModels,
  request: SourceRequest,
  progress: ProgressToken,
): Promise<SourcePlan> {
  const { kind, root, list } = await readPictureSource(request.paths, request);
  progress.throwIfCancelled();
  const sample = sampleOf(list.items);
  // Sizes first: they say how the rest is to be read.
  const sizes = await sizesOf(sample);
  const suggested = likelyReading(sizes);
  const reading = request.reading === 'crops' || request.reading === 'pictures' ? request.reading : suggested;
  const times = list.items.map(({ capturedAtMs }) => capturedAtMs).filter((time) => time !== null);
  return {
    ...{ kind, root, reading, suggested, files: list.items.length },
    ...countPeople(list.items),
    ...rangeOfTimes(times),
    leftOut: list.leftOut.slice(0, MOST_LEFT_OUT),
    leftOutCount: list.leftOut.length,
    sample: {
      files: sample.length,
      sizes: rangeOf(sizes),
      ...(await lookAt(models, sample, reading, request.models, progress)),
    },
    notes: [],
  };
}

/** Reads and embeds the sample as the enrolment will, and takes the time once models are open. */
async function lookAt(
  models: OpenModels,
  sample: readonly ImportItem[],
  reading: 'crops' | 'pictures',
  sides: readonly SideModel[],
  progress: ProgressToken,
): Promise<Pick<SourcePlan['sample'], 'faces' | 'unreadable' | 'secondsPerFile'>> {
  const asCrops = reading === 'crops';
  const finder = asCrops ? null : await models.finder();
  const embed = embedForSides(models, sides);
  const seen: PictureReading[] = [];
  let measuredMs = 0;
  let measured = 0;
  for (let first = 0; first < sample.length; ) {
    progress.throwIfCancelled();
    // The first one opens the models, and does not count.
    const size = first === 0 ? 1 : MEASURED_TOGETHER[reading];
    const startedMs = performance.now();
    const batch = await readPictureBatch(sample.slice(first, first + size), finder, models.decoderFor(sides));
    if (sides.length > 0) await embedPictureBatch(batch, embed, asCrops);
    seen.push(...batch);
    if (first > 0 || sample.length === 1) {
      measuredMs += performance.now() - startedMs;
      measured += batch.length;
    }
    first += batch.length;
    if (measuredMs > LONGEST_MEASURING_MS) break;
  }
  const faces = seen.flatMap((picture) => (picture.kind === 'read' ? picture.faces : []));
  return {
    faces: asCrops
      ? null
      : { count: faces.length, sizes: rangeOf(faces.map(({ quality }) => Math.round(quality.sizePx))) },
    unreadable: seen.flatMap((picture) =>
      picture.kind === 'failed' ? [{ path: sample[picture.position].name, reason: picture.reason }] : [],
    ),
    secondsPerFile: sides.length === 0 || measured === 0 ? null : measuredMs / measured / 1000,
  };
}

function sampleOf(items: readonly SourceItem[]): ImportItem[] {
  return spread(items, SAMPLED).map((item, position) => ({ position, name: item.name, item }));
}

function spread<Item>(items: readonly Item[], most: number): Item[] {
  const count = Math.min(items.length, most);
  return Array.from({ length: count }, (_, at) => items[Math.floor((at * items.length) / count)]);
}

/** Longest sides of those that can be read. */
async function sizesOf(sample: readonly ImportItem[]): Promise<number[]> {
  const reports = await mapInFlight(sample, decodesInFlight(), ({ item }) => {
    const { path, name } = item as SourceItem;
    return readImage(path, name);
  });
  return reports.map(longestSide).filter((size) => size !== null);
}

function longestSide({ size }: ImageReport): number | null {
  return size && Math.max(size.widthPx, size.heightPx);
}

function likelyReading(sizes: readonly number[]): 'crops' | 'pictures' {
  const small = sizes.filter((size) => size <= WIDEST_LIKELY_CROP_PX);
  return small.length > sizes.length / 2 ? 'crops' : 'pictures';
}

function countPeople(items: readonly SourceItem[]): Pick<SourcePlan, 'subjects' | 'unnamed' | 'cameras'> {
  const subjects = new Set<string>();
  const cameras = new Set<string>();
  let unnamed = 0;
  for (const { subject, camera } of items) {
    if (subject === null) unnamed++;
    else subjects.add(subject);
    if (camera !== null) cameras.add(camera);
  }
  return { subjects: subjects.size, unnamed, cameras: cameras.size };
}

/** One pass: a million times are too many to be arguments. */
function rangeOfTimes(times: readonly number[]): Pick<SourcePlan, 'firstAt' | 'lastAt'> {
  if (times.length === 0) return { firstAt: null, lastAt: null };
  let [firstAt, lastAt] = [times[0], times[0]];
  for (const time of times) {
    firstAt = Math.min(firstAt, time);
    lastAt = Math.max(lastAt, time);
  }
  return { firstAt, lastAt };
}

function rangeOf(sizes: readonly number[]): SizeRange | null {
  if (sizes.length === 0) return null;
  const sorted = [...sizes].sort((left, right) => left - right);
  return {
    smallest: sorted[0],
    median: sorted[Math.floor((sorted.length - 1) / 2)],
    largest: sorted[sorted.length - 1],
  };
}
