// Cases: made, added to, closed and opened again; each step in the audit log, which has numbers and digests of it and no text.

import type { Database } from 'better-sqlite3';
import { ensure } from '../../common/errors.ts';
import type { Gallery } from '../gallery.ts';
import {
  type CaseBodies,
  type CaseItem,
  type CaseItemKind,
  type CaseRecord,
  itemsOfKind,
  type ProbeBody,
  type SearchBody,
  standingDecision,
  type Verdict,
} from './case-items.ts';
import { caseSealOf, newSalt, type SealedRow, sealOf } from './case-seal.ts';

const LONGEST_TITLE = 200;
const LONGEST_NOTE = 100_000;
export const VERDICTS: readonly Verdict[] = ['match', 'no-match', 'inconclusive'];

export interface CaseSummary extends CaseRecord {
  readonly searches: number;
  readonly decisions: number;
  readonly items: number;
}

const COLUMNS = 'id, title, state, created_by AS createdBy, created_at AS createdAt';

/** Throws `bad-usage` for a title that is taken, empty, a bare number, over 200 characters, or has control characters. */
export function createCase(gallery: Gallery, title: string): CaseRecord {
  const { database, acting } = gallery;
  const name = title.trim();
  const shown = JSON.stringify(title.slice(0, LONGEST_TITLE));
  ensure(
    name.length >= 1 && name.length <= LONGEST_TITLE && name.isWellFormed() && !/\p{Cc}/u.test(name),
    'bad-usage',
    `a case's title is 1 to ${LONGEST_TITLE} characters on one line, not ${shown}`,
  );
  ensure(!/^\d+$/.test(name), 'bad-usage', `a case's title is more than a number, not ${shown}`);
  return gallery.change(() => {
    const taken = database.prepare('SELECT id FROM cases WHERE title = ?').pluck().get(name);
    ensure(taken === undefined, 'bad-usage', `there is a case ${shown} already: number ${taken}`);
    const row = { title: name, created_by: acting.actor, created_at: acting.now(), salt: newSalt() };
    const { lastInsertRowid } = database
      .prepare(
        `INSERT INTO cases (title, state, created_by, created_at, salt)
         VALUES (@title, 'open', @created_by, @created_at, @salt)`,
      )
      .run(row);
    const id = Number(lastInsertRowid);
    gallery.record('case.created', { case: id, seal: caseSealOf({ id, ...row }) });
    return caseById(database, id);
  });
}

/** Newest first. */
export function listCases({ database }: Gallery): CaseSummary[] {
  return database
    .prepare(
      `SELECT ${COLUMNS}, (SELECT count(*) FROM case_items WHERE case_id = cases.id) AS items,
         (SELECT count(*) FROM case_items WHERE case_id = cases.id AND kind = 'search') AS searches,
         (SELECT count(*) FROM case_items WHERE case_id = cases.id AND kind = 'decision') AS decisions
       FROM cases ORDER BY id DESC`,
    )
    .all() as CaseSummary[];
}

/** By title, or by number. Throws `not-found`. */
export function findCase({ database, name }: Gallery, reference: string): CaseRecord {
  const byTitle = database.prepare(`SELECT ${COLUMNS} FROM cases WHERE title = ?`).get(reference.trim());
  if (byTitle !== undefined) return byTitle as CaseRecord;
  const number = /^\d{1,15}$/.test(reference) ? Number(reference) : null;
  const found =
    number === null ? undefined : database.prepare(`SELECT ${COLUMNS} FROM cases WHERE id = ?`).get(number);
  ensure(
    found !== undefined,
    'not-found',
    `${name} has no case ${JSON.stringify(reference)}: see \`glimpse case list ${name}\``,
  );
  return found as CaseRecord;
}

/** Everything in a case, in the order in which it came. */
export function caseItems(database: Database, caseId: number): CaseItem[] {
  const rows = database
    .prepare('SELECT id, kind, actor, at, body FROM case_items WHERE case_id = ? ORDER BY id')
    .all(caseId) as { id: number; kind: CaseItemKind; actor: string; at: number; body: string }[];
  return rows.map((row) => ({ ...row, body: JSON.parse(row.body) }) as CaseItem);
}

/** Throws `bad-usage` for an empty note or one over 100,000 characters, and in a closed case. */
export function addNote(gallery: Gallery, caseId: number, text: string): number {
  ensure(text.trim() !== '', 'bad-usage', 'a note has words in it');
  return gallery.change(() => addItem(gallery, caseId, 'note', { text: checkedNote(text) }));
}

/**
 * A search with its probe; the crops that both name lie in the crop store already. A probe that the case has is not added again.
 * Returns the numbers of the two items.
 */
export function addSearch(
  gallery: Gallery,
  caseId: number,
  probe: ProbeBody,
  search: Omit<SearchBody, 'probeItem'>,
): { probeItem: number; searchItem: number } {
  const { database } = gallery;
  const text = JSON.stringify(probe);
  return gallery.change(() => {
    const known = itemsOfKind(caseItems(database, caseId), 'probe').find(
      ({ body }) => JSON.stringify(body) === text,
    );
    const probeItem = known?.id ?? addItem(gallery, caseId, 'probe', probe);
    if (known === undefined) for (const { crop } of probe.faces) addCrop(database, probeItem, crop, null);
    const searchItem = addItem(gallery, caseId, 'search', { probeItem, ...search });
    for (const { crop, faceId } of search.results) addCrop(database, searchItem, crop, faceId);
    return { probeItem, searchItem };
  });
}

/**
 * Decides on a result of a search: by default the case's last one. A later decision on the same result supersedes the one
 * before, which stays to be read; `withdrawn` takes it back. Throws `not-found` for no such result, `bad-usage` where there
 * is nothing to withdraw.
 */
export function decide(
  gallery: Gallery,
  caseId: number,
  decision: {
    readonly verdict: Verdict | 'withdrawn';
    readonly searchItem: number | null;
    readonly rank: number;
    readonly note: string;
  },
): number {
  const { verdict, rank } = decision;
  ensure(
    verdict === 'withdrawn' || VERDICTS.includes(verdict),
    'bad-usage',
    `a verdict is one of ${VERDICTS.join(', ')}, not ${JSON.stringify(verdict)}`,
  );
  return gallery.change(() => {
    const items = caseItems(gallery.database, caseId);
    const searches = itemsOfKind(items, 'search');
    const search =
      decision.searchItem === null ? searches.at(-1) : searches.find(({ id }) => id === decision.searchItem);
    const which = decision.searchItem === null ? '' : ` with the number ${decision.searchItem}`;
    ensure(search !== undefined, 'not-found', `case ${caseId} has no search${which}`);
    const result = search.body.results.find((candidate) => candidate.rank === rank);
    ensure(
      result !== undefined,
      'not-found',
      `search ${search.id} of case ${caseId} has ${search.body.results.length} results, none of rank ${rank}`,
    );
    const standing = standingDecision(items, search.id, rank);
    ensure(
      verdict !== 'withdrawn' || standing !== null,
      'bad-usage',
      `no decision stands on result ${rank} of search ${search.id}: there is nothing to withdraw`,
    );
    const { faceId, trackId, subjectId } = result;
    return addItem(gallery, caseId, 'decision', {
      verdict,
      searchItem: search.id,
      rank,
      faceId,
      trackId,
      subjectId,
      note: checkedNote(decision.note),
      supersedes: standing?.id ?? null,
    });
  });
}

/** A closed case takes nothing more until it is opened again. Throws `bad-usage` where it is in that state already. */
export function setCaseState(gallery: Gallery, caseId: number, state: CaseRecord['state']): void {
  gallery.change(() => {
    ensure(
      caseById(gallery.database, caseId).state !== state,
      'bad-usage',
      `case ${caseId} is ${state} already`,
    );
    gallery.database.prepare('UPDATE cases SET state = ? WHERE id = ?').run(state, caseId);
    gallery.record(state === 'open' ? 'case.reopened' : 'case.closed', { case: caseId });
  });
}

/** Throws `bad-usage` for a case that takes nothing more: for before the work that would be added to it. */
export function ensureOpen({ id, state }: CaseRecord): void {
  ensure(state === 'open', 'bad-usage', `case ${id} is closed: \`glimpse case reopen\` first`);
}

function addItem<Kind extends CaseItemKind>(
  gallery: Gallery,
  caseId: number,
  kind: Kind,
  body: CaseBodies[Kind],
): number {
  const { database, acting } = gallery;
  ensureOpen(caseById(database, caseId));
  const row = {
    case_id: caseId,
    kind,
    actor: acting.actor,
    at: acting.now(),
    body: JSON.stringify(body),
    salt: newSalt(),
  };
  const { lastInsertRowid } = database
    .prepare(
      'INSERT INTO case_items (case_id, kind, actor, at, body, salt) VALUES (@case_id, @kind, @actor, @at, @body, @salt)',
    )
    .run(row);
  const item: SealedRow = { id: Number(lastInsertRowid), ...row };
  gallery.record(`case.${kind}-added`, { case: caseId, item: item.id, seal: sealOf(item) });
  return item.id;
}

function addCrop(database: Database, itemId: number, crop: string | null, faceId: number | null): void {
  if (crop === null) return;
  database
    .prepare('INSERT INTO case_crops (item_id, crop, face_id) VALUES (?, ?, ?)')
    .run(itemId, Buffer.from(crop, 'hex'), faceId);
}

function caseById(database: Database, id: number): CaseRecord {
  const row = database.prepare(`SELECT ${COLUMNS} FROM cases WHERE id = ?`).get(id);
  ensure(row !== undefined, 'not-found', `there is no case ${id}`);
  return row as CaseRecord;
}

function checkedNote(text: string): string {
  ensure(
    text.length <= LONGEST_NOTE,
    'bad-usage',
    `a note has at most ${LONGEST_NOTE} characters, not ${text.length}`,
  );
  return text;
}
