// `glimpse gallery create`: an empty gallery.

import { Gallery } from '../../gallery/gallery.ts';
import type { CommandModule } from '../command.ts';
import { acting, folderOfGallery } from '../gallery-options.ts';

interface CreateResult {
  readonly gallery: string;
  readonly folder: string;
}

export const command: CommandModule<object, CreateResult> = {
  configure(command) {
    command.argument('<gallery>', 'a name, or a folder that ends in .gallery');
  },

  async run({ words }) {
    const gallery = Gallery.create(folderOfGallery(words[0]), acting());
    const { name, folder } = gallery;
    gallery.close();
    return { gallery: name, folder };
  },

  describe: ({ gallery, folder }) =>
    `gallery ${gallery} made, empty: enrol faces with \`glimpse gallery enrol ${gallery} …\`\n${folder}`,
};
