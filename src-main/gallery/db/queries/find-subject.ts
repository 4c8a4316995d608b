// A subject as people name it: by name, by number, or nearly.

import type { Database } from 'better-sqlite3';
import { GlimpseError } from '../../../common/errors.ts';
import { listSubjects, type Subject, subjectById, subjectByName } from './subjects.ts';

const MOST_CANDIDATES = 8;

/**
 * `Ann`, `12` or `#12`. Throws `bad-usage` where a name and another subject's number read the same, and `not-found` with the subjects
 * that may be meant.
 */
export function findSubject(database: Database, reference: string): Subject {
  const number = /^#?(\d{1,15})$/.exec(reference)?.[1];
  const byNumber = number === undefined ? null : subjectById(database, Number(number));
  const byName = subjectByName(database, reference);
  if (byName !== null && byNumber !== null && byName.id !== byNumber.id)
    throw new GlimpseError(
      'bad-usage',
      `${JSON.stringify(reference)} may be ${describeSubject(byName)} or ${describeSubject(byNumber)}: ` +
        `write #${byName.id} or #${byNumber.id}`,
    );
  const found = byName ?? byNumber;
  if (found !== null) return found;
  const near = nearSubjects(database, reference);
  const candidates = near.slice(0, MOST_CANDIDATES).map(describeSubject).join(', ');
  const more = near.length > MOST_CANDIDATES ? ` and ${near.length - MOST_CANDIDATES} more` : '';
  throw new GlimpseError(
    'not-found',
    `there is no subject ${JSON.stringify(reference)}${candidates === '' ? '' : `: is it ${candidates}${more}?`}`,
  );
}

/** For messages: `"Ann" (number 12)`. */
export function describeSubject({ id, name }: Pick<Subject, 'id' | 'name'>): string {
  return name === null ? `the unnamed subject (number ${id})` : `${JSON.stringify(name)} (number ${id})`;
}

/** Names that hold the words, whatever their case and accents. */
function nearSubjects(database: Database, reference: string): Subject[] {
  const wanted = folded(reference);
  if (wanted === '') return [];
  return listSubjects(database).filter(({ name }) => name !== null && folded(name).includes(wanted));
}

function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\s_.-]/gu, '')
    .toLowerCase();
}
