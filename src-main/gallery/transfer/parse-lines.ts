// Lines and header of an export that somebody brings: every value is checked before it is believed.

import { ensure } from '../../common/errors.ts';
import { MOST_ID } from '../search/row-attributes.ts';
import type {
  FaceLine,
  GalleryHeader,
  MeaningEntry,
  ProfileEntry,
  SourceLine,
  SpaceEntry,
  SubjectLine,
  TrackLine,
} from './rows.ts';

const LONGEST_TEXT = 100_000;
const MOST_TAGS = 10_000;
const SHA256_HEX = /^[0-9a-f]{64}$/;
const HIGHEST_TIME = 8.64e15;

/** Reads the values of one object by name; each wrong one is named with its place. */
class Values {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #where: string;

  constructor(value: unknown, where: string) {
    ensure(
      typeof value === 'object' && value !== null && !Array.isArray(value),
      'bad-data',
      `${where} is no JSON object`,
    );
    this.#values = value as Record<string, unknown>;
    this.#where = where;
  }

  integer(name: string, least = 0, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.#of(name);
    const isGood =
      typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;
    this.#check(isGood, name, `a whole number from ${least} to ${most}`);
    return value as number;
  }

  id(name: string): number {
    return this.integer(name, 1, MOST_ID);
  }

  number(name: string, least: number, most: number): number {
    const value = this.#of(name);
    const isGood = typeof value === 'number' && value >= least && value <= most;
    this.#check(isGood, name, `a number from ${least} to ${most}`);
    return value as number;
  }

  finite(name: string): number {
    return this.number(name, -Number.MAX_VALUE, Number.MAX_VALUE);
  }

  time(name: string): number {
    return this.integer(name, -HIGHEST_TIME, HIGHEST_TIME);
  }

  text(name: string): string {
    const value = this.#of(name);
    this.#check(isText(value), name, `a text of at most ${LONGEST_TEXT} characters`);
    return value as string;
  }

  digest(name: string): string {
    const value = this.#of(name);
    this.#check(typeof value === 'string' && SHA256_HEX.test(value), name, 'a SHA-256 in hex');
    return value as string;
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.#of(name);
    this.#check(
      choices.some((choice) => choice === value),
      name,
      `one of ${choices.join(', ')}`,
    );
    return value as Choice;
  }

  flag(name: string): boolean {
    const value = this.#of(name);
    this.#check(typeof value === 'boolean', name, 'true or false');
    return value as boolean;
  }

  numbers(name: string, length: number): number[] {
    const value = this.#of(name);
    const isGood =
      Array.isArray(value) && value.length === length && value.every((one) => Number.isFinite(one));
    this.#check(isGood, name, `${length} numbers`);
    return value as number[];
  }

  texts(name: string): string[] {
    const value = this.#of(name);
    const isGood = Array.isArray(value) && value.length <= MOST_TAGS && value.every(isText);
    this.#check(isGood, name, 'a list of texts');
    return value as string[];
  }

  list(name: string): unknown[] {
    const value = this.#of(name);
    this.#check(Array.isArray(value), name, 'a list');
    return value as unknown[];
  }

  orNull<Result>(name: string, read: (name: string) => Result): Result | null {
    return this.#of(name) === null ? null : read.call(this, name);
  }

  /** Own properties alone: `__proto__` in a line is none of ours. */
  #of(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  #check(isGood: boolean, name: string, rule: string): void {
    const value = JSON.stringify(this.#of(name))?.slice(0, 80);
    ensure(isGood, 'bad-data', `${this.#where} has ${value} for ${name}, expected ${rule}`);
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= LONGEST_TEXT && value.isWellFormed();
}

export function parseSubject(value: unknown, where: string): SubjectLine {
  const of = new Values(value, where);
  return {
    id: of.id('id'),
    name: of.orNull('name', of.text),
    note: of.text('note'),
    createdAt: of.time('createdAt'),
  };
}

export function parseTrack(value: unknown, where: string): TrackLine {
  const of = new Values(value, where);
  return {
    id: of.id('id'),
    subjectId: of.orNull('subjectId', of.id),
    camera: of.orNull('camera', of.text),
    origin: of.oneOf('origin', ['single', 'tracker', 'manifest', 'hand']),
    label: of.orNull('label', of.text),
    createdAt: of.time('createdAt'),
  };
}

export function parseSource(value: unknown, where: string): SourceLine {
  const of = new Values(value, where);
  return {
    id: of.id('id'),
    sha256: of.digest('sha256'),
    path: of.text('path'),
    kind: of.oneOf('kind', ['image', 'crop', 'frame', 'video']),
    width: of.integer('width'),
    height: of.integer('height'),
    enrolledAt: of.time('enrolledAt'),
  };
}

export function parseFace(value: unknown, where: string): FaceLine {
  const of = new Values(value, where);
  const weight = of.number('weight', 0, 1);
  ensure(weight > 0, 'bad-data', `${where} has 0 for weight, expected more`);
  return {
    id: of.id('id'),
    trackId: of.id('trackId'),
    sourceId: of.id('sourceId'),
    frameIndex: of.integer('frameIndex'),
    faceIndex: of.integer('faceIndex'),
    box: of.numbers('box', 4),
    landmarks: of.orNull('landmarks', (name) => of.numbers(name, 10)),
    crop: of.digest('crop'),
    sizePx: of.number('sizePx', 0, 1e6),
    sharpness: of.finite('sharpness'),
    turn: of.orNull('turn', of.finite),
    rollDegrees: of.orNull('rollDegrees', of.finite),
    detectionScore: of.orNull('detectionScore', of.finite),
    weight,
    reasons: of.texts('reasons'),
    capturedAt: of.orNull('capturedAt', of.time),
    createdAt: of.time('createdAt'),
    tags: of.texts('tags'),
  };
}

export function parseHeader(value: unknown, where: string): GalleryHeader {
  const of = new Values(value, where);
  const counts = new Values((value as { counts?: unknown }).counts, `counts of ${where}`);
  const spaces = of.list('spaces').map((entry, at) => parseSpace(entry, `space ${at + 1} of ${where}`));
  ensure(
    new Set(spaces.map(({ number }) => number)).size === spaces.length,
    'bad-data',
    `${where} has two spaces of one number`,
  );
  return {
    gallery: of.text('gallery'),
    galleryId: of.text('galleryId'),
    exportedAt: of.text('exportedAt'),
    counts: {
      subjects: counts.integer('subjects'),
      tracks: counts.integer('tracks'),
      sources: counts.integer('sources'),
      faces: counts.integer('faces'),
    },
    cameras: of.texts('cameras'),
    profiles: of.list('profiles').map((entry, at) => parseProfile(entry, `profile ${at + 1} of ${where}`)),
    spaces,
    meanings: of.list('meanings').map((entry, at) => parseMeaning(entry, `meaning ${at + 1} of ${where}`)),
  };
}

/** Of what the meaning says itself, its own parser judges. */
function parseMeaning(value: unknown, where: string): MeaningEntry {
  const of = new Values(value, where);
  const { meaning } = value as { meaning?: unknown };
  ensure(typeof meaning === 'string', 'bad-data', `${where} has no text for meaning`);
  return { probeSpace: of.id('probeSpace'), answerSpace: of.id('answerSpace'), meaning };
}

function parseProfile(value: unknown, where: string): ProfileEntry {
  const of = new Values(value, where);
  const { content } = value as { content?: unknown };
  ensure(
    typeof content === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(content),
    'bad-data',
    `${where} has no base64 for content`,
  );
  return {
    digest: of.digest('digest'),
    modelDigest: of.digest('modelDigest'),
    name: of.text('name'),
    content,
  };
}

function parseSpace(value: unknown, where: string): SpaceEntry {
  const of = new Values(value, where);
  return {
    number: of.integer('number', 1, 999_999_999),
    modelDigest: of.digest('modelDigest'),
    profileDigest: of.orNull('profileDigest', of.digest),
    preprocessing: of.integer('preprocessing'),
    // Whatever the student's card says of its teacher.
    frameDigest: of.text('frameDigest'),
    side: of.oneOf('side', ['lr', 'hr']),
    dimension: of.integer('dimension', 1, 65_536),
    state: of.oneOf('state', ['filling', 'complete']),
    isActive: of.flag('isActive'),
    embeddings: of.integer('embeddings'),
  };
}
