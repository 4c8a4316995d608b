// `glimpse gallery enrol`: pictures from a folder, a manifest or by name into a gallery.

import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Option } from 'commander';
import { ensure } from '../../common/errors.ts';
import type { LeftOut } from '../../datasets/entries.ts';
import { listFolderTree } from '../../datasets/sources/folder-tree.ts';
import { readManifest } from '../../datasets/sources/manifest.ts';
import { type SourceList, UNKNOWN_ORIGIN } from '../../datasets/sources/source-item.ts';
import { faceModelsFolder, openFaceModels } from '../../engine/onnx/face-models.ts';
import { createFaceFinder } from '../../imaging/face-finder.ts';
import { type EnrolReport, type EnrolRequest, enrol } from '../../processes/enrolment/enrol-job.ts';
import type { CommandModule } from '../command.ts';
import { withGallery } from '../gallery-options.ts';
import { declareModels, type ModelOptions, openEmbedders } from '../model-options.ts';
import { parsePath } from '../option-parsers.ts';

interface EnrolOptions extends ModelOptions {
  readonly crops: boolean;
  readonly subjects: 'folder' | 'none';
  readonly camera?: string;
  readonly failures?: string;
}

interface EnrolResult extends EnrolReport {
  readonly gallery: string;
  readonly leftOut: readonly LeftOut[];
  readonly seconds: number;
  readonly facesPerSecond: number;
}

export const command: CommandModule<EnrolOptions, EnrolResult> = {
  configure(command) {
    command
      .argument('<gallery>', 'a gallery by name or folder')
      .argument('<source...>', 'a folder, a manifest (.csv, .json), or pictures', parsePaths);
    declareModels(command);
    command
      .option('--crops', 'the pictures are aligned face crops, taken as they are', false)
      .addOption(
        new Option('--subjects <from>', 'who a folder shows: its first folder names, or nobody known')
          .choices(['folder', 'none'])
          .default('folder'),
      )
      .option('--camera <name>', 'camera of every picture whose manifest names none')
      .option('--failures <file.csv>', 'write the files that were not enrolled, with reasons', parsePath);
  },

  async run({ words, options, progress, note }) {
    const [reference, ...sources] = words;
    ensure(
      options.model !== undefined || options.teacher !== undefined,
      'bad-usage',
      'enrol needs --model (low-resolution faces), --teacher (full resolution), or both',
    );
    const { kind, root, list } = await readSources(sources, options);
    const items = list.items.map((item) => ({ ...item, camera: item.camera ?? options.camera ?? null }));
    return withGallery(reference, async (gallery) => {
      const startedMs = performance.now();
      const embedders = await openEmbedders(options, gallery);
      try {
        const finder = options.crops ? null : createFaceFinder(await openFaceModels(faceModelsFolder()));
        const report = await enrol(gallery, { kind, root, items, finder, embedders }, progress);
        if (report.resumedAt > 0)
          note(`went on where an earlier import stopped, after ${report.resumedAt} files`);
        if (options.failures !== undefined)
          await writeFailures(options.failures, report.failures, list.leftOut);
        const seconds = (performance.now() - startedMs) / 1000;
        return {
          gallery: gallery.name,
          ...report,
          leftOut: list.leftOut,
          seconds,
          facesPerSecond: report.faces / seconds,
        };
      } finally {
        for (const embedder of embedders) await embedder.dispose();
      }
    });
  },

  describe({ gallery, faces, done, duplicate, failed, leftOut, failures, facesPerSecond, ...rest }) {
    const without = rest['no-face'];
    const lines = [
      `${gallery}: ${faces} faces from ${done} files (${facesPerSecond.toFixed(0)} faces/s)`,
      ...(duplicate > 0 ? [`${duplicate} files were enrolled already (same content)`] : []),
      ...(without > 0 ? [`no face found in ${without} files`] : []),
      ...(failed > 0
        ? [`${failed} files could not be enrolled, the first: ${failures[0].name} ${failures[0].reason}`]
        : []),
      ...(leftOut.length > 0
        ? [`${leftOut.length} entries left out, the first: ${leftOut[0].path} ${leftOut[0].reason}`]
        : []),
    ];
    return lines.join('\n');
  },
};

function parsePaths(value: string, previous: string[] = []): string[] {
  return [...previous, parsePath(value)];
}

async function readSources(
  sources: readonly string[],
  { subjects }: EnrolOptions,
): Promise<{ kind: EnrolRequest['kind']; root: string; list: SourceList }> {
  const [first, ...others] = sources;
  if (others.length === 0 && /\.(csv|json)$/i.test(first))
    return { kind: 'manifest', root: first, list: await readManifest(first) };
  if (others.length === 0 && statSync(first, { throwIfNoEntry: false })?.isDirectory())
    return { kind: 'folder', root: first, list: await listFolderTree(first, { subjects }) };
  const items = sources.map((path) => {
    ensure(
      statSync(path, { throwIfNoEntry: false })?.isFile(),
      'not-found',
      `${path} is neither a picture nor a folder`,
    );
    return { ...UNKNOWN_ORIGIN, path, name: basename(path) };
  });
  return { kind: 'images', root: sources.join('\n'), list: { items, leftOut: [] } };
}

async function writeFailures(
  path: string,
  failures: EnrolReport['failures'],
  leftOut: readonly LeftOut[],
): Promise<void> {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const rows = [...leftOut.map(({ path: name, reason }) => ({ name, reason })), ...failures];
  const lines = rows.map(({ name, reason }) => `${quoted(name)},${quoted(reason)}`);
  await writeFile(path, `${['file,reason', ...lines].join('\n')}\n`);
}
