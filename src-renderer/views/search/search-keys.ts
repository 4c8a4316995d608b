// The letters of the Search place, and the arrows that walk the candidates while a pair is compared.

import { words } from '../../lib/language/words.ts';
import type { Search } from '../../state/search.svelte.ts';
import type { PlaceCommand } from '../../state/workspace.svelte.ts';

export const FILTERS_ID = 'filter-camera';

export function searchCommands(search: Search, pick: () => void): PlaceCommand[] {
  const text = words.search.keys;
  return [
    { id: 'add', label: text.add, key: 'p', run: pick },
    {
      id: 'filters',
      label: text.filters,
      key: '/',
      run: () => document.getElementById(FILTERS_ID)?.focus(),
    },
    {
      id: 'smooth',
      label: text.smooth,
      key: 's',
      run: () => {
        search.isSmooth = !search.isSmooth;
      },
    },
    { id: 'match', label: text.match, key: 'm', run: () => void search.decide('match') },
    { id: 'no-match', label: text.noMatch, key: 'n', run: () => void search.decide('no-match') },
    { id: 'inconclusive', label: text.inconclusive, key: 'i', run: () => void search.decide('inconclusive') },
    { id: 'undo', label: text.undo, key: 'u', run: () => void search.undo() },
    { id: 'to-case', label: text.addToCase, key: 'a', run: () => void search.addToCase() },
    {
      id: 'full',
      label: text.full,
      key: 'f',
      run: () => {
        if (!search.isComparing) search.compare();
        search.isFull = !search.isFull;
      },
    },
    { id: 'view', label: text.flicker, key: 'v', run: () => search.nextMode() },
    {
      id: 'landmarks',
      label: text.landmarks,
      key: 'l',
      run: () => {
        search.hasLandmarks = !search.hasLandmarks;
      },
    },
    { id: 'search-this', label: text.searchThis, key: 'g', run: () => void search.searchCandidate() },
  ];
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

export function moveWhileComparing(event: KeyboardEvent, search: Search): void {
  if (!search.isComparing || event.defaultPrevented || isOverlaid()) return;
  if (event.key === 'Escape') {
    event.preventDefault();
    search.endCompare();
    return;
  }
  const step = STEPS[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey || hasOwnArrows(event.target))
    return;
  event.preventDefault();
  search.select(search.selected + step);
}

function isOverlaid(): boolean {
  return document.querySelector('[role="dialog"][data-state="open"], [role="listbox"]') !== null;
}

function hasOwnArrows(target: EventTarget | null): boolean {
  const owners = 'input, textarea, select, [role="radio"], [role="slider"], [data-grid]';
  return target instanceof HTMLElement && target.closest(owners) !== null;
}
