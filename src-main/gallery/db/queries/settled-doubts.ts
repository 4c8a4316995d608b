// Doubts about labels that a person has looked at and found right: they are not brought up again.

import { ensure } from '../../../common/errors.ts';
import type { Gallery } from '../../gallery.ts';

/** `alike`: two people, however alike; `unlike`: one person, however unlike. */
export type DoubtKind = 'alike' | 'unlike';

/** Two tracks in any order. */
export interface DoubtedPair {
  readonly kind: DoubtKind;
  readonly one: number;
  readonly other: number;
}

/** Says that the labels of two tracks are right. Throws `not-found` for a track that is gone. */
export function settleDoubt(gallery: Gallery, pair: DoubtedPair): void {
  const { database, acting } = gallery;
  const [one, other] = inOrder(pair);
  gallery.change(() => {
    for (const id of [one, other]) {
      const found = database.prepare('SELECT 1 FROM tracks WHERE id = ?').get(id);
      ensure(found !== undefined, 'not-found', `there is no track ${id}`);
    }
    database
      .prepare(
        `INSERT INTO settled_doubts (one_track, other_track, kind, actor, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      )
      .run(one, other, pair.kind, acting.actor, acting.now());
    gallery.record('doubt.settled', { kind: pair.kind, tracks: [one, other] });
  });
}

/** Takes that back: the pair is doubted again. */
export function unsettleDoubt(gallery: Gallery, pair: DoubtedPair): void {
  const [one, other] = inOrder(pair);
  gallery.change(() => {
    gallery.database
      .prepare('DELETE FROM settled_doubts WHERE one_track = ? AND other_track = ? AND kind = ?')
      .run(one, other, pair.kind);
    gallery.record('doubt.unsettled', { kind: pair.kind, tracks: [one, other] });
  });
}

/** A settled pair with whose its tracks are now. */
export interface SettledDoubt extends DoubtedPair {
  readonly oneSubject: number | null;
  readonly otherSubject: number | null;
}

export function settledDoubts({ database }: Pick<Gallery, 'database'>): SettledDoubt[] {
  return database
    .prepare(
      `SELECT kind, one_track AS one, other_track AS other, first.subject_id AS oneSubject, second.subject_id AS otherSubject
       FROM settled_doubts JOIN tracks AS first ON first.id = one_track JOIN tracks AS second ON second.id = other_track`,
    )
    .all() as SettledDoubt[];
}

function inOrder({ one, other }: DoubtedPair): [number, number] {
  ensure(one !== other, 'bad-usage', 'a pair is of two tracks');
  return one < other ? [one, other] : [other, one];
}
