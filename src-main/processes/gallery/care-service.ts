// What the gallery process can be asked for a gallery's care: spaces compared and removed, what a purge would take, what purges took.

import type { SpaceComparison } from '../../evaluation/space-comparison.ts';
import type { PurgePreview } from '../../gallery/purge/preview.ts';
import type { PurgeProof } from '../../gallery/purge/proofs.ts';
import type { PurgeRule } from '../../gallery/purge/rule.ts';
import type { InGallery } from './gallery-service.ts';

interface Method<Params, Result> {
  readonly params: Params;
  readonly result: Result;
}

/** A type alias: an interface could have members that nobody sees here. */
export type CareMethods = {
  /** Digests (SHA-256, hex) of the crops that FaceBN is calibrated on; `camera` null takes all cameras. */
  readonly calibrationCrops: Method<InGallery & { readonly camera: string | null }, readonly string[]>;
  /** On the gallery's own named people. */
  readonly compareSpaces: Method<
    InGallery & { readonly before: number; readonly after: number },
    SpaceComparison
  >;
  /** Refuses the one that answers. */
  readonly deleteSpace: Method<InGallery & { readonly space: number }, { readonly embeddings: number }>;
  readonly previewPurge: Method<InGallery & { readonly rule: PurgeRule }, PurgePreview>;
  /** Newest first. */
  readonly purges: Method<InGallery & { readonly limit: number }, readonly PurgeProof[]>;
  /** Days that faces are kept; null for as long as nobody purges them. */
  readonly retention: Method<InGallery, number | null>;
  readonly setRetention: Method<InGallery & { readonly days: number | null }, null>;
};
