// English: the sample project.

import { counted } from '../../format.ts';

export const sample = {
  offer: 'Try with a sample',
  offerText: 'No data at hand? Glimpse draws a few dozen people and searches them like real ones.',
  making: 'Making the sample',
  cancel: 'Cancel the sample',
  chip: 'drawn people',
  title: 'A sample',
  text: 'Everybody here is drawn by Glimpse; finding, embedding and searching them is the real thing. What their scores mean says nothing about real people.',
  more: 'One more picture of this person',
  other: 'Another person',
  remove: 'Remove the sample',
  removing: 'Remove the sample?',
  removeText: (faces: number, cases: number): string =>
    `${counted(faces, 'drawn face')} and ${counted(cases, 'case')} go. They can be put back for a week.`,
  removed: 'The sample is removed',
} as const;
