// Templates of all tracks or subjects of an exact store, one after the other.

import { GlimpseError } from '../../common/errors.ts';
import { fuseTemplate, type Template } from './fusion.ts';
import type { RowAttributes } from './row-attributes.ts';
import { joinVector } from './vector-codes.ts';
import type { VectorStore } from './vector-store.ts';

export interface GroupTemplate extends Template {
  /** Id of the track or subject. */
  readonly id: number;
  /** Of the group's best face. */
  readonly attributes: RowAttributes;
}

/**
 * Fuses what the store holds now, in the order of ids; rows without a track (or subject) are left out. Throws `unsupported` for
 * a compact store and `bad-data` for a group whose embeddings cancel out.
 */
export function* groupTemplates(store: VectorStore, by: 'track' | 'subject'): Generator<GroupTemplate> {
  if (store.layout.encoding !== 'exact') {
    throw new GlimpseError(
      'unsupported',
      'templates are fused from float32 vectors, which a compact store lacks',
    );
  }
  const snapshot = store.pin();
  try {
    const { rowsPerBlock, paddedDimension, dimension } = store.layout;
    const groupOfRow = (row: number): number => {
      const block = store.blocks[Math.floor(row / rowsPerBlock)];
      const offset = row % rowsPerBlock;
      if (!block.isVisible(offset, snapshot.version)) return 0;
      return by === 'track' ? block.tracks[offset] : block.subjects[offset];
    };
    const rows = Uint32Array.from({ length: snapshot.rows }, (_, row) => row)
      .filter((row) => groupOfRow(row) !== 0)
      .sort((left, right) => groupOfRow(left) - groupOfRow(right) || left - right);
    for (let first = 0; first < rows.length; ) {
      const id = groupOfRow(rows[first]);
      const faces: { embedding: Float32Array; quality: number | null; attributes: RowAttributes }[] = [];
      let end = first;
      for (; end < rows.length && groupOfRow(rows[end]) === id; end++) {
        const block = store.blocks[Math.floor(rows[end] / rowsPerBlock)];
        const offset = rows[end] % rowsPerBlock;
        const embedding = joinVector(block.upper, block.lower, offset * paddedDimension, dimension);
        const attributes = block.attributes(offset);
        faces.push({ embedding, quality: attributes.quality, attributes });
      }
      const best = faces.reduce((left, right) => ((right.quality ?? 0) > (left.quality ?? 0) ? right : left));
      const template = fuseTemplate(faces);
      yield { ...template, id, attributes: { ...best.attributes, faces: template.faces } };
      first = end;
    }
  } finally {
    store.release(snapshot);
  }
}
