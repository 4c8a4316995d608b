// Which tracks a transaction has touched, whoever wrote it: what an index in memory has to look at again.

import type { Database } from 'better-sqlite3';

/** A track whose faces, subject or camera changed; `spaceId` is 0, or the space in which one of its embeddings did. */
export interface TouchedTrack {
  readonly spaceId: number;
  readonly trackId: number;
}

/** Temporary triggers: they see this connection's writes, cascades included, and a rollback takes their rows back too. */
const WATCH = `
CREATE TEMP TABLE touched (space_id INTEGER NOT NULL, track_id INTEGER NOT NULL, PRIMARY KEY (space_id, track_id)) STRICT, WITHOUT ROWID;
CREATE TEMP TRIGGER face_came AFTER INSERT ON main.faces BEGIN
  INSERT INTO touched VALUES (0, new.track_id) ON CONFLICT DO NOTHING;
END;
CREATE TEMP TRIGGER face_went AFTER DELETE ON main.faces BEGIN
  INSERT INTO touched VALUES (0, old.track_id) ON CONFLICT DO NOTHING;
END;
CREATE TEMP TRIGGER face_changed AFTER UPDATE OF track_id, weight, captured_at, size_px ON main.faces BEGIN
  INSERT INTO touched VALUES (0, old.track_id) ON CONFLICT DO NOTHING;
  INSERT INTO touched VALUES (0, new.track_id) ON CONFLICT DO NOTHING;
END;
CREATE TEMP TRIGGER track_changed AFTER UPDATE OF subject_id, camera_id ON main.tracks BEGIN
  INSERT INTO touched VALUES (0, new.id) ON CONFLICT DO NOTHING;
END;
CREATE TEMP TRIGGER embedding_came AFTER INSERT ON main.embeddings BEGIN
  INSERT INTO touched SELECT new.space_id, track_id FROM faces WHERE id = new.face_id ON CONFLICT DO NOTHING;
END;
CREATE TEMP TRIGGER embedding_changed AFTER UPDATE ON main.embeddings BEGIN
  INSERT INTO touched SELECT new.space_id, track_id FROM faces WHERE id = new.face_id ON CONFLICT DO NOTHING;
END;
CREATE TEMP TRIGGER embedding_went AFTER DELETE ON main.embeddings BEGIN
  INSERT INTO touched SELECT old.space_id, track_id FROM faces WHERE id = old.face_id ON CONFLICT DO NOTHING;
END;
`;

/** Watches a gallery's connection from now on; one at a time. */
export class TouchLog {
  readonly #take: () => { spaceId: number; trackId: number }[];

  constructor(database: Database) {
    database.exec(WATCH);
    const any = database.prepare('SELECT 1 FROM temp.touched LIMIT 1');
    const take = database.prepare(
      'DELETE FROM temp.touched RETURNING space_id AS spaceId, track_id AS trackId',
    );
    this.#take = () => (any.get() === undefined ? [] : (take.all() as TouchedTrack[]));
  }

  /** What was touched since the last call. Not to be asked inside a transaction: it might yet be rolled back. */
  drain(): readonly TouchedTrack[] {
    return this.#take();
  }
}
