// `glimpse dataset inspect`: what a folder of faces holds, before anything is trained on it.

import { type DatasetInspection, inspectDataset } from '../../datasets/inspect.ts';
import { formatInspection } from '../../datasets/inspection-lines.ts';
import type { CommandModule } from '../command.ts';
import { parsePath } from '../option-parsers.ts';

interface InspectOptions {
  readonly images?: string;
}

export const command: CommandModule<InspectOptions, DatasetInspection> = {
  configure(command) {
    command
      .argument('<folder>', 'identity/image, or an LFW folder (pairs.txt and images)', parsePath)
      .option(
        '--images <folder>',
        'image folder of an LFW folder, relative to it (default: aligned112, else lfw)',
      );
  },

  run({ words, options, progress }) {
    return inspectDataset(words[0], { progress, imageFolder: options.images });
  },

  describe: (inspection) => formatInspection(inspection).join('\n'),
};
