// An embedding space in a few words: its model, and its FaceBN profile.

import { shortDigest } from './format.ts';

export function spaceLabel(space: {
  readonly side: 'lr' | 'hr';
  readonly model: string | null;
  readonly modelDigest: string;
  readonly profile: string | null;
}): string {
  const { side, model, modelDigest, profile } = space;
  const name = model ?? shortDigest(modelDigest);
  return `${side.toUpperCase()} ${name}${profile === null ? '' : ` · ${profile}`}`;
}
