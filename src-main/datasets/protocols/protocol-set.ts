// What a benchmark's data come to, whatever format they lie in: faces, whose they are, and which are compared with which.

import { ensure } from '../../common/errors.ts';
import type { LeftOut } from '../entries.ts';
import type { FaceSource } from '../face-source.ts';

/** Benchmarks that can be run; `glimpse benchmark <name>`. */
export const PROTOCOLS = [
  'lfw',
  'agedb',
  'cfp-fp',
  'calfw',
  'cplfw',
  'uccs',
  'uccs-open',
  'tinyface',
  'survface',
  'survface-pairs',
  'scface',
] as const;
export type ProtocolName = (typeof PROTOCOLS)[number];

/** A subject number that stands for nobody who is known. */
export const UNKNOWN_SUBJECT = -1;

interface ProtocolFaces {
  readonly protocol: ProtocolName;
  /** The benchmark and the form that it was found in, for people. */
  readonly title: string;
  readonly faces: FaceSource;
  /** Of the faces' content and, where it matters, of the protocol's draw. */
  readonly fingerprint: string;
  /** Whose face each is, as an index into `subjectNames`, or `UNKNOWN_SUBJECT`; null where the data name nobody. */
  readonly subjects: Int32Array | null;
  readonly subjectNames: readonly string[];
  /** Files, rows and pairs that cannot take part, each with the reason. */
  readonly leftOut: readonly LeftOut[];
  /** What a reader of the numbers must know: draws, choices, departures from the published protocol. */
  readonly notes: readonly string[];
  /** The pictures are low-resolution as they were taken: there is no full-resolution side. */
  readonly isNative: boolean;
}

/** Two faces to compare; indices into the faces. */
export interface FacePair {
  readonly left: number;
  readonly right: number;
  readonly isGenuine: boolean;
  /** 0 … folds − 1. */
  readonly fold: number;
}

/** 1:1 verification. */
export interface PairSet extends ProtocolFaces {
  readonly kind: 'pairs';
  readonly pairs: readonly FacePair[];
  readonly folds: number;
  readonly pairsLeftOut: number;
}

/** Closed-set identification with a classifier that is trained on faces of the same people. */
export interface ClosedSet extends ProtocolFaces {
  readonly kind: 'closed-set';
  readonly subjects: Int32Array;
  /** Faces by index; no face stands on both sides. */
  readonly training: readonly number[];
  readonly test: readonly number[];
  readonly seed: number;
}

/** Probes of one kind, such as those of one distance. */
export interface ProbeGroup {
  readonly name: string;
  readonly probes: readonly number[];
}

/** 1:N search of probes in a gallery; probes of `UNKNOWN_SUBJECT` or of someone not enrolled are non-mated. */
export interface SearchSet extends ProtocolFaces {
  readonly kind: 'search';
  readonly subjects: Int32Array;
  readonly gallery: readonly number[];
  /** The gallery's faces of one subject are fused to one template. */
  readonly fusesGallery: boolean;
  readonly groups: readonly ProbeGroup[];
  /** Mated searches that never took place, such as faces that no detection covers: they count as missed. */
  readonly missedSearches: readonly { readonly group: number; readonly subject: number }[];
  /** Ranks count gallery pictures, and the mean average precision over them is reported; otherwise they count people. */
  readonly ranksPictures: boolean;
  readonly ranks: readonly number[];
  readonly targetFpirs: readonly number[];
  /** A mate below this rank counts as missed in the open set; null for any rank. */
  readonly withinRank: number | null;
}

export type ProtocolSet = PairSet | ClosedSet | SearchSet;

/** The set without faces that turned out to be undecodable. Throws `bad-dataset` where the protocol does not hold any more. */
export function withoutFaces(set: ProtocolSet, unusable: readonly LeftOut[]): ProtocolSet {
  if (unusable.length === 0) return set;
  const names = new Set(unusable.map(({ path }) => path));
  const reduced = reduce(set, (face) => !names.has(set.faces.names[face]));
  checkProtocol(reduced);
  return { ...reduced, leftOut: [...set.leftOut, ...unusable] };
}

function reduce(set: ProtocolSet, stays: (face: number) => boolean): ProtocolSet {
  if (set.kind === 'pairs') {
    const pairs = set.pairs.filter(({ left, right }) => stays(left) && stays(right));
    return { ...set, pairs, pairsLeftOut: set.pairsLeftOut + set.pairs.length - pairs.length };
  }
  if (set.kind === 'closed-set') {
    return { ...set, training: set.training.filter(stays), test: set.test.filter(stays) };
  }
  const groups = set.groups.map(({ name, probes }) => ({ name, probes: probes.filter(stays) }));
  return { ...set, gallery: set.gallery.filter(stays), groups };
}

/** Throws `bad-dataset` for a set on which its protocol cannot be run. */
export function checkProtocol(set: ProtocolSet): void {
  if (set.kind === 'pairs') {
    checkPairs(set);
  } else if (set.kind === 'closed-set') {
    const trained = new Set(set.training.map((face) => set.subjects[face]));
    ensure(
      set.test.length > 0 && set.test.every((face) => trained.has(set.subjects[face])),
      'bad-dataset',
      `${set.title}: a test face's subject has no training face left, so that it could never be named`,
    );
  } else {
    ensure(set.gallery.length > 0, 'bad-dataset', `${set.title}: the gallery is empty`);
    ensure(
      set.groups.some(({ probes }) => probes.length > 0),
      'bad-dataset',
      `${set.title}: there is no probe`,
    );
  }
}

function checkPairs({ pairs, folds, title }: PairSet): void {
  const classes = new Int32Array(2 * folds);
  for (const { fold, isGenuine } of pairs) classes[2 * fold + (isGenuine ? 1 : 0)]++;
  const empty = classes.indexOf(0);
  ensure(
    empty < 0,
    'bad-dataset',
    `${title}: fold ${Math.floor(empty / 2) + 1} of ${folds} has no ${empty % 2 === 1 ? 'genuine' : 'impostor'} pair left`,
  );
}

/** How many people the set names. */
export function countSubjects({ subjects }: ProtocolSet): number | null {
  if (subjects === null) return null;
  return new Set(subjects.filter((subject) => subject !== UNKNOWN_SUBJECT)).size;
}
