// The gallery process: owns SQLite and the search index of the galleries it holds, and ends when its parent lets go.

import { serve } from '../rpc/server.ts';
import { parentTransport } from '../rpc/transport.ts';
import type { GalleryService } from './gallery-service.ts';
import { galleryHandlers } from './handlers.ts';
import { OpenGalleries } from './open-galleries.ts';

const galleries = new OpenGalleries();
const server = serve<GalleryService>(
  parentTransport(process),
  galleryHandlers(galleries, (name, value) => server.announce(name, value)),
  () => void galleries.closeAll(),
);
// Ctrl-C goes to the whole group; when to end is for the parent to say.
process.on('SIGINT', () => {});
