// What the gallery process does for each call: galleries themselves, their upkeep, and the tables of the other handlers.

import { statSync } from 'node:fs';
import { GlimpseError } from '../../common/errors.ts';
import { parseProfileHeader } from '../../engine/adaptation/profile-file.ts';
import { readAudit } from '../../gallery/audit/audit-log.ts';
import { recordBackUp } from '../../gallery/db/backup.ts';
import { profileByDigest, type StoredProfile } from '../../gallery/db/queries/profiles.ts';
import { listSpaces } from '../../gallery/db/queries/spaces.ts';
import { galleryFolder, listGalleries } from '../../gallery/gallery-folder.ts';
import type { EventName, Handlers } from '../rpc/methods.ts';
import { isDrawnGallery } from '../sample/drawn-gallery.ts';
import { admitted } from './admission.ts';
import { careHandlers } from './care-handlers.ts';
import { caseHandlers } from './case-handlers.ts';
import { enrolmentHandlers } from './enrolment-handlers.ts';
import type { GalleryService, OpenedGallery, Overview, SpaceFaceBn } from './gallery-service.ts';
import { modelUses } from './model-uses.ts';
import type { OpenGalleries, OpenGallery } from './open-galleries.ts';
import { peopleHandlers } from './people-handlers.ts';
import { purgeHandlers } from './purge-handlers.ts';
import { reviewHandlers } from './review-handlers.ts';
import { searchHandlers } from './search-handlers.ts';
import { transferHandlers } from './transfer-handlers.ts';

export type Announce = <E extends EventName<GalleryService>>(
  name: E,
  value: GalleryService['events'][E],
) => void;

export function galleryHandlers(galleries: OpenGalleries, announce: Announce): Handlers<GalleryService> {
  return admitted(galleries, {
    hello: async () => {
      await galleries.ready();
      return { pid: process.pid, residentBytes: process.memoryUsage.rss() };
    },
    list: ({ dataFolder }) =>
      listGalleries(dataFolder).map((name) => {
        const folder = galleryFolder(dataFolder, name);
        return { name, folder, gallery: galleries.at(folder)?.number ?? null };
      }),
    modelUses: ({ dataFolder }) => modelUses(dataFolder),
    create: ({ folder, actor, encoding = 'exact' }) => opened(galleries.create(folder, actor, encoding)),
    open: ({ folder, actor, encoding = 'exact' }) => opened(galleries.open(folder, actor, encoding)),
    close: async ({ gallery }) => {
      await galleries.close(gallery);
      announce('closed', { gallery });
      return null;
    },
    overview: ({ gallery }) => overviewOf(galleries.of(gallery)),
    cameras: ({ gallery }, progress) => galleries.of(gallery).read('cameras', null, progress),
    verify: ({ gallery }, progress) => galleries.of(gallery).read('verify', null, progress),
    backUp: ({ gallery, folder }, progress) => {
      const open = galleries.of(gallery);
      recordBackUp(open.gallery, folder);
      return open.read('copy', { folder }, progress);
    },
    audit: ({ gallery, after, limit }) => readAudit(galleries.of(gallery).gallery.database, { after, limit }),
    verifyAudit: ({ gallery }, progress) => galleries.of(gallery).read('verifyAudit', null, progress),
    ...peopleHandlers(galleries, announce),
    ...searchHandlers(galleries, announce),
    ...caseHandlers(galleries, announce),
    ...enrolmentHandlers(galleries, announce),
    ...careHandlers(galleries, announce),
    ...reviewHandlers(galleries, announce),
    ...transferHandlers(galleries),
    ...purgeHandlers(galleries, announce),
  });
}

function opened({ number, gallery: { name, folder } }: OpenGallery): OpenedGallery {
  return { gallery: number, name, folder };
}

/** Counts that an index answers: some ten milliseconds in a million. */
function overviewOf({ gallery }: OpenGallery): Overview {
  const { database, name } = gallery;
  const value = <T>(sql: string): T => database.prepare(sql).pluck().get() as T;
  return {
    name,
    faces: value('SELECT count(*) FROM faces'),
    tracks: value('SELECT count(*) FROM tracks'),
    unknownTracks: value('SELECT count(*) FROM tracks WHERE subject_id IS NULL'),
    subjects: value('SELECT count(*) FROM subjects'),
    cameras: value('SELECT count(*) FROM cameras'),
    cases: value('SELECT count(*) FROM cases'),
    isDrawn: isDrawnGallery(gallery),
    firstAt: value('SELECT min(captured_at) FROM faces'),
    lastAt: value('SELECT max(captured_at) FROM faces'),
    spaces: listSpaces(database).map((space) => {
      const profile = space.profileDigest === null ? null : profileByDigest(database, space.profileDigest);
      return { ...space, profile: profile?.name ?? null, faceBn: profile && faceBnOf(profile) };
    }),
    bytes: sizeOf(database.name) + sizeOf(`${database.name}-wal`),
  };
}

/** 0 where there is none. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Null for a damaged profile: the gallery is shown all the same. */
function faceBnOf({ name, content }: StoredProfile): SpaceFaceBn | null {
  try {
    const { settings, source, faces } = parseProfileHeader({ name, content });
    const { mode, gamma, lambda } = settings;
    return { mode, gamma, lambda, source, faces };
  } catch (error) {
    if (error instanceof GlimpseError) return null;
    throw error;
  }
}
