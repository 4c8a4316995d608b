// Enrolled faces as the faces of a probe: where they came from and how good they are.

import type { Database } from 'better-sqlite3';

export interface EnrolledProbeFace {
  readonly path: string;
  /** Of the picture's file, hex. */
  readonly sha256: string;
  /** From 1; how many faces of that picture are enrolled. */
  readonly face: number;
  readonly facesInPicture: number;
  readonly sizePx: number;
  readonly weight: number;
  readonly reasons: readonly string[];
}

/** In the order of the numbers that were given; those that are gone are left out. */
export function probeFacesOf(database: Database, ids: readonly number[]): EnrolledProbeFace[] {
  const find = database.prepare(
    `SELECT sources.path, lower(hex(sources.sha256)) AS sha256, faces.face_index + 1 AS face,
       (SELECT count(*) FROM faces AS others WHERE others.source_id = faces.source_id AND others.frame_index = faces.frame_index)
         AS facesInPicture, faces.size_px AS sizePx, faces.weight, faces.reasons
     FROM faces JOIN sources ON sources.id = faces.source_id WHERE faces.id = ?`,
  );
  return ids.flatMap((id) => {
    const row = find.get(id) as (Omit<EnrolledProbeFace, 'reasons'> & { reasons: string }) | undefined;
    return row === undefined ? [] : [{ ...row, reasons: JSON.parse(row.reasons) }];
  });
}
