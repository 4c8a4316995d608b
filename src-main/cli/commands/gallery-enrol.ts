// `glimpse gallery enrol`: pictures, frames or a video into a gallery.

import { Option } from 'commander';
import { ensure } from '../../common/errors.ts';
import { writeFileAtomically } from '../../common/files.ts';
import type { LeftOut } from '../../datasets/entries.ts';
import { OUTSIDE_LIST } from '../../datasets/sources/image-list.ts';
import { faceModelsFolder, openFaceModels } from '../../engine/onnx/face-models.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { createFaceFinder } from '../../imaging/face-finder.ts';
import type { CropEmbedder } from '../../processes/enrolment/crop-embedder.ts';
import { type EnrolReport, enrol } from '../../processes/enrolment/enrol-job.ts';
import { failuresCsv } from '../../processes/enrolment/failures-csv.ts';
import { readPictureSource } from '../../processes/enrolment/picture-sources.ts';
import { type EnrolFramesReport, enrolFromFrames } from '../../processes/frames/enrol-frames-job.ts';
import type { CommandCall, CommandModule } from '../command.ts';
import { countOf } from '../counted.ts';
import { declareFrames, type FrameOptions, isFrames, openFrames } from '../frame-options.ts';
import { withGallery } from '../gallery-options.ts';
import { declareModels, type ModelOptions, openEmbedders } from '../model-options.ts';
import { parsePath, parsePaths } from '../option-parsers.ts';

interface EnrolOptions extends ModelOptions, FrameOptions {
  readonly crops: boolean;
  readonly subjects: 'folder' | 'none';
  readonly anywhere: boolean;
  readonly camera?: string;
  readonly failures?: string;
}

interface EnrolResult
  extends Omit<EnrolReport, 'importId'>,
    Partial<Pick<EnrolFramesReport, 'tracks' | 'frames' | 'nearDuplicates' | 'notes'>> {
  /** Null where nothing was begun: a video that is enrolled already. */
  readonly importId: number | null;
  readonly gallery: string;
  readonly leftOut: readonly LeftOut[];
  readonly seconds: number;
  readonly facesPerSecond: number;
}

export const command: CommandModule<EnrolOptions, EnrolResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument(
        '<source...>',
        'a folder, a manifest (.csv, .json), a list of pictures (.txt), pictures, or a video',
        parsePaths,
      );
    declareModels(command);
    command
      .option('--crops', 'the pictures are aligned face crops, taken as they are', false)
      .addOption(
        new Option('--subjects <from>', 'who a folder shows: its first folder names, or nobody known')
          .choices(['folder', 'none'])
          .default('folder'),
      )
      .option('--anywhere', 'a list may name pictures outside its own folder', false)
      .option(
        '--camera <name>',
        'camera of every picture whose manifest names none, of the frames, of the video',
      );
    declareFrames(command);
    command.option(
      '--failures <file.csv>',
      'write the files that were not enrolled, with reasons',
      parsePath,
    );
  },

  async run(call) {
    const { words, options } = call;
    ensure(
      options.model !== undefined || options.teacher !== undefined,
      'bad-usage',
      'enrol needs --model (low-resolution faces), --teacher (full resolution), or both',
    );
    const [reference, ...sources] = words;
    return withGallery(reference, async (gallery) => {
      const embedders = await openEmbedders(options, gallery);
      try {
        return await enrolSources(gallery, sources, embedders, call);
      } finally {
        for (const embedder of embedders) await embedder.dispose();
      }
    });
  },

  describe({ gallery, faces, done, duplicate, failed, leftOut, failures, facesPerSecond, ...rest }) {
    const without = rest['no-face'];
    const { tracks, frames, nearDuplicates = 0, notes = [] } = rest;
    const filesOf = (files: number): string => countOf(files, frames === undefined ? 'file' : 'frame');
    const were = (files: number): string => (files === 1 ? 'was' : 'were');
    const copies = duplicate - nearDuplicates;
    const lines = [
      tracks === undefined
        ? `${gallery}: ${countOf(faces, 'face')} from ${countOf(done, 'file')} (${facesPerSecond.toFixed(0)} faces/s)`
        : `${gallery}: ${countOf(faces, 'face')} of ${countOf(tracks, 'track')} from ${countOf(frames ?? 0, 'frame')}`,
      ...(nearDuplicates > 0 ? [`${countOf(nearDuplicates, 'frame')} showed what the one before did`] : []),
      ...(copies > 0 ? [`${filesOf(copies)} ${were(copies)} enrolled already (same content)`] : []),
      ...(without > 0 ? [`no face found in ${filesOf(without)}`] : []),
      ...(failed > 0
        ? [`${filesOf(failed)} could not be enrolled, the first: ${failures[0].name} ${failures[0].reason}`]
        : []),
      ...(leftOut.length > 0
        ? [
            `${countOf(leftOut.length, 'entry', 'entries')} left out, the first: ${leftOut[0].path} ${leftOut[0].reason}`,
          ]
        : []),
      ...notes,
    ];
    return lines.join('\n');
  },
};

async function enrolSources(
  gallery: Gallery,
  sources: readonly string[],
  embedders: readonly CropEmbedder[],
  { options, progress, note }: CommandCall<EnrolOptions>,
): Promise<EnrolResult> {
  const startedMs = performance.now();
  const openFinder = async () => createFaceFinder(await openFaceModels(faceModelsFolder()));
  const ofFrames = isFrames(sources, options);
  ensure(!(ofFrames && options.crops), 'bad-usage', '--crops is for pictures of one face, not for frames');
  let report: EnrolReport | EnrolFramesReport;
  let leftOut: readonly LeftOut[] = [];
  if (ofFrames) {
    const opened = await openFrames(sources, options);
    leftOut = opened.leftOut;
    for (const line of opened.notes) note(line);
    const { origin, startedAtMs } = opened;
    const looks = { finder: await openFinder(), embedders, leastChange: options.leastChange };
    report = await enrolFromFrames(
      gallery,
      { ...looks, origin, startedAtMs, camera: options.camera ?? null },
      progress,
    );
  } else {
    const camera = options.camera ?? null;
    const { kind, root, list } = await readPictureSource(sources, { ...options, camera });
    ({ leftOut } = list);
    if (leftOut.some(({ reason }) => reason === OUTSIDE_LIST))
      note("some lines lie outside the list's folder: --anywhere follows them");
    const finder = options.crops ? null : await openFinder();
    report = await enrol(gallery, { kind, root, items: list.items, finder, embedders }, progress);
  }
  if (report.resumedAt > 0)
    note(
      `went on where an earlier import stopped, after ${report.resumedAt} ${ofFrames ? 'frames' : 'files'}`,
    );
  if (options.failures !== undefined)
    await writeFileAtomically(options.failures, failuresCsv(leftOut, report.failures));
  const seconds = (performance.now() - startedMs) / 1000;
  return { gallery: gallery.name, ...report, leftOut, seconds, facesPerSecond: report.faces / seconds };
}
