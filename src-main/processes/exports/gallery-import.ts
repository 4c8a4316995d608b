// An export of a gallery becomes a gallery again, or joins one: whole, or nothing of it is left.

import { existsSync, mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ensure, GlimpseError } from '../../common/errors.ts';
import { asDiskError } from '../../common/files.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { moveIntoPlace, stagingFor } from '../../common/staging.ts';
import { parseScoreMeaning } from '../../evaluation/meaning/meaning-json.ts';
import { countFaces } from '../../gallery/db/queries/faces.ts';
import { putProfile } from '../../gallery/db/queries/profiles.ts';
import {
  activateSpace,
  activeSpace,
  describeSpace,
  ensureSpace,
  isSameSpace,
  isWhole,
  listSpaces,
  type Space,
  settleSpaceState,
} from '../../gallery/db/queries/spaces.ts';
import { type Acting, Gallery } from '../../gallery/gallery.ts';
import { clearPending, finishPurge, markPending } from '../../gallery/purge/purge.ts';
import { type PlacedCounts, RowPlacer } from '../../gallery/transfer/place-rows.ts';
import type { GalleryHeader, SpaceEntry } from '../../gallery/transfer/rows.ts';
import { asTransferError } from '../../gallery/transfer/transfer-error.ts';
import { keepMeaning, stateOf } from '../search/measured-meaning.ts';
import { countRows, placeRows } from './import-rows.ts';
import { type ReceivedGallery, receiveGallery } from './received-gallery.ts';

export interface ImportReport extends PlacedCounts {
  readonly gallery: string;
  readonly folder: string;
  readonly spaces: number;
  readonly manifestSha256: string;
}

const READING_NAME = 'reading';

/** Makes a new gallery: built beside its place and renamed when it is whole. Throws `bad-usage` where one is there already. */
export async function importAsNew(
  source: string,
  folder: string,
  acting: Acting,
  progress: ProgressToken,
): Promise<ImportReport> {
  ensure(
    !existsSync(folder),
    'bad-usage',
    `${folder} exists already: name another gallery, or import --into it`,
  );
  const staging = await stagingFor(folder);
  try {
    const made = join(staging, basename(folder));
    const reading = join(staging, READING_NAME);
    mkdirSync(made, { recursive: true });
    const received = await receiveGallery(source, { gallery: made, reading }, progress);
    const gallery = Gallery.create(made, acting);
    let report: ImportReport;
    try {
      report = { ...(await fillNew(gallery, source, reading, received, progress)), folder };
    } finally {
      gallery.close();
    }
    progress.throwIfCancelled();
    await moveIntoPlace(made, folder, { replace: false });
    return report;
  } catch (error) {
    throw asDiskError(error, folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/**
 * Adds an export to a gallery, in one transaction. Files that the gallery has are left out and counted, subjects of one name
 * become one. Throws `bad-usage` where the export lacks embeddings in the space that answers: its faces would never be found.
 */
export async function importInto(
  gallery: Gallery,
  source: string,
  progress: ProgressToken,
): Promise<ImportReport> {
  const { database, folder } = gallery;
  const staging = await stagingFor(`${folder}.import`);
  try {
    const reading = join(staging, READING_NAME);
    const received = await receiveGallery(source, { gallery: staging, reading }, progress);
    ensureAnswered(gallery, received.header);
    // From here to the end a kill leaves crops that no row names; the next opening sweeps them.
    gallery.change(() => markPending(database));
    try {
      const moved = await moveCrops(gallery, staging, received);
      const report = gallery.change(() => {
        const spaces = ensureSpaces(gallery, received.header);
        const placer = new RowPlacer(database);
        const rows = { folder: reading, header: received.header, spaces };
        const stage = progress.stage('importing', countRows(rows), 'rows');
        for (const _ of placeRows(placer, rows, stage)) progress.throwIfCancelled();
        settleSpaces(gallery, spaces);
        return recordImport(gallery, placer, received);
      });
      removeUnnamed(gallery, moved);
      gallery.change(() => clearPending(database));
      return report;
    } catch (error) {
      sweepNow(gallery);
      throw asTransferError(error, source);
    }
  } catch (error) {
    throw asDiskError(error, folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Whatever keeps the crops from being swept now: the mark stays, the next opening does it, and the first error is the one to tell. */
function sweepNow(gallery: Gallery): void {
  try {
    finishPurge(gallery);
  } catch (error) {
    if (!(error instanceof GlimpseError)) throw error;
  }
}

/** In many transactions, with room for Ctrl-C between them: until it is renamed nobody knows this gallery. */
async function fillNew(
  gallery: Gallery,
  source: string,
  reading: string,
  received: ReceivedGallery,
  progress: ProgressToken,
): Promise<ImportReport> {
  const { database } = gallery;
  const { header } = received;
  try {
    const spaces = gallery.change(() => ensureSpaces(gallery, header));
    const placer = new RowPlacer(database);
    const rows = { folder: reading, header, spaces };
    const steps = placeRows(placer, rows, progress.stage('importing', countRows(rows), 'rows'));
    while (!gallery.change(() => steps.next().done)) {
      progress.throwIfCancelled();
      await setImmediate();
    }
    return gallery.change(() => {
      settleSpaces(gallery, spaces);
      const report = recordImport(gallery, placer, received);
      keepMeanings(gallery, header, spaces);
      return report;
    });
  } catch (error) {
    throw asTransferError(error, source);
  }
}

/** The rows are the same, so what was measured holds here, too. */
function keepMeanings(
  gallery: Gallery,
  { meanings }: GalleryHeader,
  spaces: ReadonlyMap<SpaceEntry, Space>,
): void {
  const idOf = (number: number): number | undefined =>
    [...spaces].find(([entry]) => entry.number === number)?.[1].id;
  const state = stateOf(gallery);
  for (const { meaning, ...direction } of meanings) {
    const [probeSpace, answerSpace] = [idOf(direction.probeSpace), idOf(direction.answerSpace)];
    if (probeSpace === undefined || answerSpace === undefined) continue;
    keepMeaning(gallery, { probeSpace, answerSpace }, parseScoreMeaning(meaning), state);
  }
}

function ensureAnswered({ database, name }: Gallery, header: GalleryHeader): void {
  if (header.counts.faces === 0) return;
  for (const side of ['lr', 'hr'] as const) {
    const active = activeSpace(database, side);
    if (active === null) continue;
    const own = header.spaces.find((space) => isSameSpace(space, active));
    ensure(
      own !== undefined && own.embeddings === header.counts.faces,
      'bad-usage',
      `searches of ${name} are answered by ${describeSpace(active)}, and the export does not have every face embedded by it`,
    );
  }
}

function ensureSpaces(gallery: Gallery, header: GalleryHeader): Map<SpaceEntry, Space> {
  const { database, acting } = gallery;
  for (const { content, ...profile } of header.profiles)
    putProfile(database, { ...profile, content: Buffer.from(content, 'base64') }, acting.now());
  return new Map(header.spaces.map((entry) => [entry, ensureSpace(database, entry, acting.now())]));
}

/** A space answers that answered before; one that answered in the export does where none does yet and every face has its embedding. */
function settleSpaces({ database }: Gallery, spaces: ReadonlyMap<SpaceEntry, Space>): void {
  for (const space of listSpaces(database)) {
    const entry = [...spaces].find(([, { id }]) => id === space.id)?.[0];
    settleSpaceState(database, space.id, { isWhole: entry?.state === 'complete' });
  }
  for (const [entry, { id }] of spaces)
    if (entry.isActive && activeSpace(database, entry.side) === null && countFaces(database) > 0)
      if (isWhole(database, id)) activateSpace(database, id);
}

function recordImport(gallery: Gallery, placer: RowPlacer, received: ReceivedGallery): ImportReport {
  const counts = placer.finish();
  const { manifestSha256, header } = received;
  // Not the export's name: it may be a person's, and the log is never purged.
  gallery.record('gallery.imported', { manifest: manifestSha256, ...counts });
  const { name, folder } = gallery;
  return { gallery: name, folder, ...counts, spaces: header.spaces.length, manifestSha256 };
}

/** Crops that the gallery lacks move to their places; returns those. */
async function moveCrops(gallery: Gallery, staging: string, { crops }: ReceivedGallery): Promise<Buffer[]> {
  const moved: Buffer[] = [];
  for (const [hex, path] of crops) {
    const digest = Buffer.from(hex, 'hex');
    if (gallery.crops.has(digest)) continue;
    const target = join(gallery.folder, path);
    mkdirSync(dirname(target), { recursive: true });
    await rename(join(staging, path), target);
    moved.push(digest);
  }
  return moved;
}

/** Those of duplicates, which were left out. */
function removeUnnamed({ database, crops }: Gallery, moved: readonly Buffer[]): void {
  const named = database.prepare('SELECT 1 FROM faces WHERE crop = ?');
  for (const digest of moved) if (named.get(digest) === undefined) crops.remove(digest);
}
