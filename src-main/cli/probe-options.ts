// Options that say who is looked for: pictures, a clip, or what is enrolled already.

import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { ensure } from '../common/errors.ts';
import type { ProgressToken } from '../common/progress.ts';
import { faceModelsFolder, openFaceModels } from '../engine/onnx/face-models.ts';
import type { EnrolledReference } from '../gallery/db/queries/enrolled-faces.ts';
import { findSubject } from '../gallery/db/queries/find-subject.ts';
import { activeSpace, isSameSpace } from '../gallery/db/queries/spaces.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { createFaceFinder, type FaceFinder } from '../imaging/face-finder.ts';
import type { CropEmbedder } from '../processes/enrolment/crop-embedder.ts';
import { type ClipTrack, readClipTracks } from '../processes/frames/clip-tracks.ts';
import { folderSource, videoSource } from '../processes/frames/frame-source.ts';
import { trackerOptions, UNMEASURED } from '../processes/frames/tracker-options.ts';
import { clipProbe } from '../processes/search/clip-probe.ts';
import { type EnrolledProbe, enrolledProbe } from '../processes/search/enrolled-probe.ts';
import { makeProbe, type Probe, type ProbePicture } from '../processes/search/probe.ts';
import { declareFrames, type FrameOptions, isFrames, openFrames } from './frame-options.ts';
import { declareModels, type ModelOptions, openEmbedders } from './model-options.ts';
import { integerParser } from './option-parsers.ts';

export interface ProbeOptions extends ModelOptions, FrameOptions {
  readonly crops: boolean;
  readonly face?: number;
  readonly fusion: 'template' | 'max';
  readonly track?: number;
  readonly enrolledFace?: number;
  readonly enrolledTrack?: number;
  readonly enrolledSubject?: string;
  readonly side?: 'lr' | 'hr';
}

export function declareProbe(command: Command): void {
  declareModels(command);
  command
    .option('--crops', 'the pictures are aligned face crops, taken as they are', false)
    .option(
      '--face <number>',
      'which face of a picture with several, as --list numbers them; also written picture.jpg#2 (default: the large and central one)',
      integerParser(1),
    )
    .addOption(
      new Option('--fusion <kind>', 'several faces: one weighted template, or the best of each')
        .choices(['template', 'max'])
        .default('template'),
    );
  declareFrames(command);
  command
    .option(
      '--track <number>',
      'which track of a clip, as --list numbers them (default: the longest)',
      integerParser(1),
    )
    .option('--enrolled-face <number>', 'an enrolled face, by its number', integerParser(1))
    .option('--enrolled-track <number>', 'an enrolled track, by its number', integerParser(1))
    .option('--enrolled-subject <subject>', 'an enrolled subject, by name or number')
    .addOption(
      new Option(
        '--side <side>',
        'which embeddings of what is enrolled (default: lr where there are any)',
      ).choices(['lr', 'hr']),
    );
}

export interface OpenedProbe {
  readonly probe: Probe;
  /** Null for what came from outside. */
  readonly enrolled: EnrolledProbe | null;
  /** Of a clip. */
  readonly tracks: readonly ClipTrack[] | null;
  readonly notes: readonly string[];
}

/** Throws `bad-usage` for options that do not fit, `not-found` where there is no such face. */
export async function openProbe(
  gallery: Gallery,
  words: readonly string[],
  options: ProbeOptions,
  progress: ProgressToken,
): Promise<OpenedProbe> {
  const reference = enrolledReference(gallery, options);
  if (reference !== null) {
    ensure(words.length === 0, 'bad-usage', 'a probe is either pictures or what is enrolled, not both');
    const { side = null, fusion } = options;
    const enrolled = enrolledProbe(gallery, reference, { side, fusion });
    return { probe: enrolled.probe, enrolled, tracks: null, notes: [] };
  }
  ensure(
    words.length > 0,
    'bad-usage',
    'search needs a picture or clip, or one of --enrolled-face, --enrolled-track and --enrolled-subject',
  );
  ensure(
    (options.model === undefined) !== (options.teacher === undefined),
    'bad-usage',
    'search needs either --model (a low-resolution probe) or --teacher (a full-resolution one)',
  );
  const [embedder] = await openEmbedders(options, gallery);
  try {
    if (isFrames(words, options)) return await openClip(gallery, words, embedder, options, progress);
    ensure(options.track === undefined, 'bad-usage', '--track is for clips: a picture has faces (--face)');
    const finder = options.crops ? null : await openFinder();
    const probe = await makeProbe(probePictures(words, options), embedder, finder, options.fusion);
    return { probe, enrolled: null, tracks: null, notes: [] };
  } finally {
    await embedder.dispose();
  }
}

/** `group.jpg#2` is the second face of group.jpg, unless there is a file of that name. */
export function probePictures(words: readonly string[], { face }: ProbeOptions): ProbePicture[] {
  return words.map((word) => {
    const match = /^(.+)#(\d{1,4})$/.exec(word);
    if (match === null || existsSync(word)) return { path: word, face: face ?? null };
    ensure(Number(match[2]) >= 1, 'bad-usage', `faces are numbered from 1: ${word}`);
    return { path: match[1], face: Number(match[2]) };
  });
}

export async function openFinder(): Promise<FaceFinder> {
  return createFaceFinder(await openFaceModels(faceModelsFolder()));
}

function enrolledReference({ database }: Gallery, options: ProbeOptions): EnrolledReference | null {
  const { enrolledFace, enrolledTrack, enrolledSubject } = options;
  const given = [enrolledFace, enrolledTrack, enrolledSubject].filter((option) => option !== undefined);
  ensure(
    given.length <= 1,
    'bad-usage',
    'a probe is one of --enrolled-face, --enrolled-track and --enrolled-subject',
  );
  if (enrolledFace !== undefined) return { kind: 'face', id: enrolledFace };
  if (enrolledTrack !== undefined) return { kind: 'track', id: enrolledTrack };
  if (enrolledSubject !== undefined)
    return { kind: 'subject', id: findSubject(database, enrolledSubject).id };
  return null;
}

async function openClip(
  gallery: Gallery,
  words: readonly string[],
  embedder: CropEmbedder,
  options: ProbeOptions,
  progress: ProgressToken,
): Promise<OpenedProbe> {
  ensure(!options.crops, 'bad-usage', '--crops is for pictures of one face, not for frames');
  ensure(options.face === undefined, 'bad-usage', '--face is for pictures: a clip has tracks (--track)');
  const { origin, startedAtMs } = await openFrames(words, options);
  const isVideo = origin.kind === 'video';
  const source = isVideo ? videoSource(origin.path, { ...origin, startedAtMs }) : folderSource(origin.files);
  const space = activeSpace(gallery.database, embedder.space.side);
  const isOwn = space !== null && isSameSpace(space, embedder.space);
  const tracking = isOwn ? trackerOptions(gallery, space) : UNMEASURED;
  const { leastChange, fusion, track = null } = options;
  const looks = { finder: await openFinder(), embedders: [embedder], leastChange };
  const tracks = await readClipTracks(source, looks, tracking, progress);
  const probe = clipProbe(tracks, track, embedder.space, { fusion, isVideo });
  return { probe, enrolled: null, tracks, notes: source.notes };
}
