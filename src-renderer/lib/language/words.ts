// The words of the window. Another language is another folder beside `en` that has the same keys.

import { ablations } from './en/ablations.ts';
import { benchmarks } from './en/benchmarks.ts';
import { care } from './en/care.ts';
import { cases } from './en/cases.ts';
import { clips } from './en/clips.ts';
import { common } from './en/common.ts';
import { enrolment } from './en/enrolment.ts';
import { frame } from './en/frame.ts';
import { gallery } from './en/gallery.ts';
import { models } from './en/models.ts';
import { people } from './en/people.ts';
import { sample } from './en/sample.ts';
import { search } from './en/search.ts';
import { settings } from './en/settings.ts';
import { spaces } from './en/spaces.ts';
import { training } from './en/training.ts';

export const words = {
  ablations,
  benchmarks,
  care,
  cases,
  clips,
  common,
  enrolment,
  frame,
  gallery,
  models,
  sample,
  people,
  search,
  settings,
  spaces,
  training,
} as const;
