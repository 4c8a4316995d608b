// Two spaces of a gallery compared on its own named people, before one of them takes over.

import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { Rng } from '../../common/rng.ts';
import type { ComparedItems } from '../../evaluation/meaning/compared-items.ts';
import { compareSpaces, type SpaceComparison } from '../../evaluation/space-comparison.ts';
import { readKnownFaces } from '../../gallery/db/queries/known-faces.ts';
import { isWhole, listSpaces, type Space } from '../../gallery/db/queries/spaces.ts';
import type { Gallery } from '../../gallery/gallery.ts';

const SEED = 1;
/** As many as leave room for two spaces in memory; they narrow no interval that matters. */
const MOST_FACES = 40_000;

/** Only reads. Throws `not-found`, and `bad-data` while a space lacks faces: they would not be compared on the same pairs. */
export function compareGallerySpaces(
  { database }: Gallery,
  { before, after }: { readonly before: number; readonly after: number },
  progress: ProgressToken,
): SpaceComparison {
  const spaces = listSpaces(database);
  const stage = progress.stage('comparing spaces', 3, 'steps');
  const [first, second] = [before, after].map((id) => {
    const space = spaces.find((one) => one.id === id);
    ensure(space !== undefined, 'not-found', `this gallery has no space ${id}`);
    ensure(isWhole(database, id), 'bad-data', `space ${id} lacks faces: embed the rest of them first`);
    const items = itemsOf(database, space);
    stage.advance();
    return items;
  });
  const comparison = compareSpaces(first, second);
  stage.advance();
  return comparison;
}

/** Single faces of named people; faces of one track show one moment, and are no genuine pair. */
function itemsOf(database: Gallery['database'], space: Space): ComparedItems {
  const { vectors, subjects, tracks } = readKnownFaces(
    database,
    space,
    MOST_FACES,
    Rng.seeded(SEED, MOST_FACES),
  );
  return { vectors, subjects, groups: tracks, faces: subjects.map(() => 1) };
}
