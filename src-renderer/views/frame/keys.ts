// Keys that work everywhere, and the letters of the place.

import { PLACE_NAMES } from '../../lib/places.ts';
import type { Workspace } from '../../state/workspace.svelte.ts';

export function windowKeys(event: KeyboardEvent, workspace: Workspace): void {
  const hasModifier = event.ctrlKey || event.metaKey;
  if (hasModifier && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    workspace.overlay = workspace.overlay === 'palette' ? null : 'palette';
    return;
  }
  const isInDialog = document.querySelector('[role="dialog"][data-state="open"]') !== null;
  if (isInDialog) return;
  const number = Number(event.key);
  if (hasModifier && number >= 1 && number <= PLACE_NAMES.length) {
    event.preventDefault();
    workspace.go(PLACE_NAMES[number - 1]);
    return;
  }
  if (hasModifier || event.altKey || isTyping(event.target)) return;
  if (event.key === '?') {
    event.preventDefault();
    workspace.overlay = 'shortcuts';
    return;
  }
  const command = workspace.placeCommands.find(({ key }) => key === event.key.toLowerCase());
  // In a list, letters jump to names.
  if (command === undefined || isInList(event.target)) return;
  event.preventDefault();
  command.run();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable="true"]');
}

function isInList(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[data-type-ahead], [role="listbox"]') !== null;
}
