// An embedding space in a few words: its model, and how FaceBN adapted it.

import { shortDigest } from './format.ts';
import { faceBnLabel } from './space-words.ts';

export interface LabelledSpace {
  readonly side: 'lr' | 'hr';
  readonly model: string | null;
  readonly modelDigest: string;
  readonly profile: string | null;
  readonly faceBn: Parameters<typeof faceBnLabel>[0] | null;
}

export function spaceLabel({ side, ...space }: LabelledSpace): string {
  return `${side.toUpperCase()} ${spaceName(space)}`;
}

/** Without the side. */
export function spaceName({ model, modelDigest, profile, faceBn }: Omit<LabelledSpace, 'side'>): string {
  const name = model ?? shortDigest(modelDigest);
  const adapted = faceBn === null ? profile : faceBnLabel(faceBn);
  return adapted === null ? name : `${name} · ${adapted}`;
}
