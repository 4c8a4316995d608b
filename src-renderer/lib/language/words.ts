// The words of the window. Another language is another folder beside `en` that has the same keys.

import { benchmarks } from './en/benchmarks.ts';
import { cases } from './en/cases.ts';
import { common } from './en/common.ts';
import { enrolment } from './en/enrolment.ts';
import { frame } from './en/frame.ts';
import { gallery } from './en/gallery.ts';
import { models } from './en/models.ts';
import { search } from './en/search.ts';
import { settings } from './en/settings.ts';
import { training } from './en/training.ts';

export const words = {
  benchmarks,
  cases,
  common,
  enrolment,
  frame,
  gallery,
  models,
  search,
  settings,
  training,
} as const;
