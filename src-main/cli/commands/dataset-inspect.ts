// `glimpse dataset inspect`: what a folder or a packed file of faces holds, before anything is done with it.

import { stat } from 'node:fs/promises';
import { Option } from 'commander';
import { ensure } from '../../common/errors.ts';
import { type DatasetInspection, inspectDataset } from '../../datasets/inspect.ts';
import { formatInspection } from '../../datasets/inspection-lines.ts';
import {
  formatProtocolInspection,
  inspectProtocol,
  type ProtocolInspection,
} from '../../datasets/protocols/inspect-protocol.ts';
import { inspectRecordsApart } from '../../datasets/protocols/inspect-records-thread.ts';
import { PROTOCOLS, type ProtocolName } from '../../datasets/protocols/protocol-set.ts';
import { findRecordFile } from '../../datasets/recordio/mxnet-faces.ts';
import type { CommandModule } from '../command.ts';
import { integerParser, parsePath } from '../option-parsers.ts';

interface InspectOptions {
  readonly images?: string;
  readonly as?: ProtocolName;
  readonly seed: number;
}

type Inspection = DatasetInspection | ProtocolInspection;

export const command: CommandModule<InspectOptions, Inspection> = {
  configure(command) {
    command
      .argument(
        '<path>',
        'identity/image, an LFW folder (pairs.txt and images), a .bin file, train.rec, or a benchmark named by --as',
        parsePath,
      )
      .option(
        '--images <folder>',
        'image folder of an LFW folder, relative to it (default: aligned112, else lfw)',
      )
      .addOption(new Option('--as <benchmark>', "read it as this benchmark's data").choices(PROTOCOLS))
      .option('--seed <number>', 'fixes the draws of agedb and uccs', integerParser(0), 1);
  },

  async run({ words: [path], options, progress }) {
    const open = { seed: options.seed, missingImages: 'skip' } as const;
    if (options.as !== undefined) return inspectProtocol(options.as, path, open, progress);
    const records = await findRecordFile(path);
    if (records !== null) return inspectRecordsApart(records, progress);
    const isFile = (await stat(path).catch(() => null))?.isFile() ?? false;
    ensure(
      !isFile || /\.bin$/i.test(path),
      'bad-usage',
      `${path} is a file: files that are read are .bin and .rec`,
    );
    if (isFile) return inspectProtocol('lfw', path, open, progress);
    return inspectDataset(path, { progress, imageFolder: options.images });
  },

  describe: (inspection) =>
    ('counts' in inspection ? formatProtocolInspection(inspection) : formatInspection(inspection)).join('\n'),
};
