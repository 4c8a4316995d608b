// The contract's types, for the rest of the window.

export type * from '../../src-main/contract/ablations.ts';
export type * from '../../src-main/contract/app.ts';
export type * from '../../src-main/contract/benchmarks.ts';
export type * from '../../src-main/contract/care.ts';
export type * from '../../src-main/contract/cases.ts';
export type * from '../../src-main/contract/channels.ts';
export type * from '../../src-main/contract/clips.ts';
export type * from '../../src-main/contract/enrolment.ts';
export type * from '../../src-main/contract/events.ts';
export type * from '../../src-main/contract/figures.ts';
export type * from '../../src-main/contract/galleries.ts';
export type * from '../../src-main/contract/gallery-browsing.ts';
export type * from '../../src-main/contract/jobs.ts';
export type * from '../../src-main/contract/models.ts';
export type * from '../../src-main/contract/people.ts';
export type * from '../../src-main/contract/sample.ts';
export type * from '../../src-main/contract/search.ts';
export type * from '../../src-main/contract/training.ts';
export type * from '../../src-main/contract/training-settings.ts';
