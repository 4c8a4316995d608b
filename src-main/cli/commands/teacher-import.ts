// `glimpse teacher import`: takes an ONNX face model in after a dry run.

import { Option } from 'commander';
import { dataFolder } from '../../common/files.ts';
import type { TeacherCard } from '../../engine/teacher/teacher-card.ts';
import { importTeacher } from '../../engine/teacher/teacher-store.ts';
import type { CommandModule } from '../command.ts';
import { numberParser, parsePath } from '../option-parsers.ts';

interface ImportOptions {
  readonly name: string;
  readonly licence: string;
  readonly channels: 'rgb' | 'bgr';
  readonly mean: number;
  readonly scale: number;
}

interface ImportResult extends TeacherCard {
  readonly modelPath: string;
}

/** Of the ArcFace family. */
const USUAL_PIXELS = { mean: 127.5, scale: 127.5 };
const SMALLEST_SCALE = 1e-3;

export const command: CommandModule<ImportOptions, ImportResult> = {
  configure(command) {
    command
      .argument('<model.onnx>', 'face model: [batch, 3, size, size] → embeddings', parsePath)
      .requiredOption('--name <name>', 'what to call it')
      .requiredOption('--licence <licence>', 'licence of the weights, shown wherever the teacher is')
      .addOption(
        new Option('--channels <order>', 'channel order it was trained with')
          .choices(['rgb', 'bgr'])
          .default('rgb'),
      )
      .option(
        '--mean <value>',
        'pixels enter as (value − mean) / scale',
        numberParser(-1000, 1000),
        USUAL_PIXELS.mean,
      )
      .option('--scale <value>', 'see --mean', numberParser(SMALLEST_SCALE, 1e6), USUAL_PIXELS.scale);
  },

  async run({ words, options }) {
    const { name, licence, channels, mean, scale } = options;
    const { card, modelPath } = await importTeacher(dataFolder(), {
      modelPath: words[0],
      name,
      licence,
      channelOrder: channels,
      pixelMean: mean,
      pixelScale: scale,
    });
    return { ...card, modelPath };
  },

  describe({ name, inputSizePx, embeddingSize, batchSize, licence, digest, modelPath }) {
    return (
      `${name}: ${inputSizePx}×${inputSizePx} px → ${embeddingSize} dimensions, ` +
      `${batchSize} ${batchSize === 1 ? 'face' : 'faces'} per call, licence ${licence}\n` +
      `SHA-256 ${digest}\n${modelPath}`
    );
  },
};
