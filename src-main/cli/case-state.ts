// What `case close` and `case reopen` share.

import type { Command } from 'commander';
import type { CaseRecord } from '../gallery/cases/case-items.ts';
import { findCase, setCaseState } from '../gallery/cases/cases.ts';
import { withGallery } from './gallery-options.ts';

export interface CaseState {
  readonly gallery: string;
  readonly case: number;
  readonly state: CaseRecord['state'];
}

export function declareCase(command: Command): void {
  command
    .argument('<gallery>', 'a gallery by name or folder')
    .argument('<case>', 'a case by title or number');
}

/** `words`: gallery and case. Throws `bad-usage` for a case that is in that state already. */
export function changeCaseState(
  [reference, which]: readonly string[],
  state: CaseRecord['state'],
): Promise<CaseState> {
  return withGallery(reference, (gallery) => {
    const { id } = findCase(gallery, which);
    setCaseState(gallery, id, state);
    return { gallery: gallery.name, case: id, state };
  });
}
