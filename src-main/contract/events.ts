// What the host tells the window without being asked: states, not orders.

import type { AppSettings, Health } from './app.ts';
import type { GalleryChanged } from './galleries.ts';
import type { JobView } from './jobs.ts';
import type { TrainingEvent } from './training.ts';

export interface Events {
  readonly 'health.changed': Health;
  readonly 'jobs.changed': readonly JobView[];
  readonly 'settings.changed': AppSettings;
  readonly 'gallery.changed': GalleryChanged;
  /** Files or folders that a person has dropped on the window; where a shell can tell their paths. */
  readonly 'files.dropped': { readonly paths: readonly string[] };
  readonly 'training.event': { readonly run: string; readonly event: TrainingEvent };
}

export type EventName = keyof Events;

const TABLE: Readonly<Record<EventName, true>> = {
  'health.changed': true,
  'jobs.changed': true,
  'settings.changed': true,
  'gallery.changed': true,
  'files.dropped': true,
  'training.event': true,
};

export const EVENT_NAMES = Object.keys(TABLE) as readonly EventName[];

export function isEvent(name: unknown): name is EventName {
  return typeof name === 'string' && Object.hasOwn(TABLE, name);
}
