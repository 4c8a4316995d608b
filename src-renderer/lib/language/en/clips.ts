// English: clips as probes.

import { counted } from '../../format.ts';

const second = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);

export const clips = {
  add: 'Read a clip…',
  title: 'Read a clip',
  text: 'A video, or a folder with one camera’s frames. Whoever appears in it becomes a track; one of those is looked for by several of its faces.',
  path: 'Video or folder',
  rate: 'Frames a second',
  rateMeaning: 'Of a folder; empty takes the times from the files’ names or EXIF data',
  rateEmpty: 'from the files',
  every: 'Every n-th frame',
  everyMeaning: 'Of a video: 1 reads all of them',
  read: 'Read it',
  reading: (name: string): string => `Reading ${name}`,
  cancel: 'Cancel reading',
  tracks: (many: number, name: string): string => `${counted(many, 'track')} in ${name}`,
  track: (number: number): string => `Track ${number}`,
  trackOf: (clip: string, number: number): string => `${clip}, track ${number}`,
  when: (from: number, until: number): string => `${second(from)} – ${second(until)} s`,
  what: (faces: number, widestPx: number): string =>
    `${counted(faces, 'face')}, up to ${Math.round(widestPx)} px`,
  close: 'Close the clip',
  dropped: 'A clip is read from its place on this machine: choose it there.',
} as const;
