// `glimpse gallery embed`: every enrolled face embedded by another model, from the stored crops; the new space then answers.

import { ensure } from '../../common/errors.ts';
import { countFaces } from '../../gallery/db/queries/faces.ts';
import { fillSpace } from '../../processes/enrolment/calibrate-job.ts';
import type { CommandModule } from '../command.ts';
import { countOf } from '../counted.ts';
import { withGallery } from '../gallery-options.ts';
import { declareModels, type ModelOptions, openEmbedders } from '../model-options.ts';

interface EmbedResult {
  readonly gallery: string;
  readonly faces: number;
  readonly spaces: readonly { readonly id: number; readonly side: 'lr' | 'hr' }[];
}

export const command: CommandModule<ModelOptions, EmbedResult> = {
  configure(command) {
    command.argument('<gallery>', 'a gallery by name or folder');
    declareModels(command);
  },

  async run({ words, options, progress }) {
    ensure(
      options.model !== undefined || options.teacher !== undefined,
      'bad-usage',
      'embed needs --model (low-resolution faces), --teacher (full resolution), or both',
    );
    return withGallery(words[0], async (gallery) => {
      const embedders = await openEmbedders(options, null);
      try {
        const spaces = [];
        for (const embedder of embedders) {
          const { id, side } = await fillSpace(gallery, embedder, progress);
          spaces.push({ id, side });
        }
        return { gallery: gallery.name, faces: countFaces(gallery.database), spaces };
      } finally {
        for (const embedder of embedders) await embedder.dispose();
      }
    });
  },

  describe: ({ gallery, faces, spaces }) =>
    spaces
      .map(
        ({ id, side }) =>
          `${gallery}: ${countOf(faces, 'face')} in space ${id}, which answers on the ${side} side now`,
      )
      .join('\n'),
};
