// Which calls wait while a purge rewrites a gallery's file, and let it wait: all that search, write, or read at length.

import type { Handlers, MethodName } from '../rpc/methods.ts';
import type { GalleryService, InGallery } from './gallery-service.ts';
import type { OpenGalleries } from './open-galleries.ts';

/** They read a little on the process's own thread and write nothing: a gallery can be looked at while it is purged. */
export const ANSWERED_MEANWHILE = [
  'overview',
  'facePage',
  'faceOrder',
  'facesById',
  'subjectPage',
  'subject',
  'track',
  'tracks',
  'crop',
  'changes',
  'clusters',
  'labels',
  'leftOut',
  'meaning',
  'profile',
  'cases',
  'readCase',
  'audit',
  'purges',
  'retention',
  'unfinishedImports',
] as const satisfies readonly MethodName<GalleryService>[];

/** These ask for the gallery alone. */
const ALONE: readonly MethodName<GalleryService>[] = ['purge', 'close'];

const FREE: ReadonlySet<string> = new Set([...ANSWERED_MEANWHILE, ...ALONE]);

/** The same handlers, each admitted by the gallery that it is about. */
export function admitted(
  galleries: OpenGalleries,
  handlers: Handlers<GalleryService>,
): Handlers<GalleryService> {
  const entries = Object.entries(handlers) as [string, (params: unknown, ...rest: unknown[]) => unknown][];
  const all = entries.map(([name, handle]) => {
    if (FREE.has(name)) return [name, handle];
    const admit = (params: unknown, ...rest: unknown[]): unknown => {
      const gallery = (params as Partial<InGallery> | null)?.gallery;
      if (typeof gallery !== 'number') return handle(params, ...rest);
      return galleries.of(gallery).admit(() => handle(params, ...rest));
    };
    return [name, admit];
  });
  return Object.fromEntries(all) as Handlers<GalleryService>;
}
