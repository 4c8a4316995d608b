// What cases hold of purged faces: results, decisions and probes lose names, pictures, paths and digests; texts lose the names.

import type { Database } from 'better-sqlite3';
import {
  type CaseItem,
  type CaseProbeFace,
  type CaseResult,
  type DecisionBody,
  itemsOfKind,
  type SearchBody,
  standingDecision,
} from '../cases/case-items.ts';
import { caseSealOf, newSalt, type SealedCase, type SealedRow, sealOf } from '../cases/case-seal.ts';
import { caseItems } from '../cases/cases.ts';
import type { Gallery } from '../gallery.ts';
import type { Doomed } from './doomed.ts';
import { Mentions } from './mentions.ts';
import type { PurgeRule } from './rule.ts';

export interface CasePurgeCounts {
  /** Removed as a whole. */
  readonly cases: number;
  /** Changed, or removed with their case. */
  readonly caseItems: number;
  readonly caseCrops: number;
  /** Texts that people wrote (notes, titles, filters, paths) out of which a name or a path was taken. */
  readonly mentions: number;
}

/** In the purge's transaction, before its faces go; `purge` is the number that its record will have. */
export function purgeFromCases(
  gallery: Gallery,
  rule: PurgeRule,
  doomed: Doomed,
  purge: number,
): CasePurgeCounts {
  const { database } = gallery;
  const cases = database.prepare('SELECT id, title FROM cases').all() as { id: number; title: string }[];
  const all = cases.map(({ id, title }) => ({ id, title, items: caseItems(database, id) }));
  const everything = all.flatMap(({ items }) => items);
  const known = namesInResults(everything, doomed);
  const names = [...doomed.names, ...known.names].filter((name) => !doomed.isNameInUse(name));
  const mentions = new Mentions(names, [...doomed.paths, ...known.paths]);
  const probes = doomedProbes(rule, doomed, everything);
  const counts = { cases: 0, caseItems: 0, caseCrops: 0, mentions: 0 };
  for (const { id, title, items } of all) {
    const redaction = new Redaction(doomed, mentions, purge, probes);
    const ownTitle = redaction.text(title);
    if (ownTitle !== title) retitle(gallery, id, ownTitle);
    for (const item of items) {
      const text = JSON.stringify(item.body);
      const body = JSON.stringify(redaction.item(item));
      if (body === text) continue;
      reseal(gallery, item.id, body);
      counts.caseItems++;
    }
    counts.mentions += redaction.mentions;
  }
  counts.caseCrops = removeCrops(database);
  return counts;
}

/** Cases as a whole, with all that is in them. `condition` is SQL about the table `cases`. */
export function removeCases(database: Database, condition: string, ...values: number[]): CasePurgeCounts {
  const count = (sql: string): number =>
    database
      .prepare(sql)
      .pluck()
      .get(...values) as number;
  const items = `FROM case_items WHERE case_id IN (SELECT id FROM cases WHERE ${condition})`;
  const counts = {
    caseItems: count(`SELECT count(*) ${items}`),
    caseCrops: count(`SELECT count(DISTINCT crop) FROM case_crops WHERE item_id IN (SELECT id ${items})`),
    mentions: 0,
  };
  return {
    cases: database.prepare(`DELETE FROM cases WHERE ${condition}`).run(...values).changes,
    ...counts,
  };
}

/** Names and paths that results of purged faces were shown under. */
function namesInResults(items: readonly CaseItem[], doomed: Doomed): { names: string[]; paths: string[] } {
  const results = itemsOfKind(items, 'search').flatMap(({ body }) => body.results);
  const purged = results.filter((result) => isDoomed(result, doomed));
  return {
    names: purged.map(({ subject }) => subject).filter((name) => name !== null),
    paths: purged.map(({ sourcePath }) => sourcePath),
  };
}

/**
 * Probes of all cases that show a purged person: the picture itself is purged, it is too old to keep, or somebody decided, in
 * whatever case, that it is them.
 */
function doomedProbes(rule: PurgeRule, doomed: Doomed, items: readonly CaseItem[]): ReadonlySet<number> {
  const probes = itemsOfKind(items, 'probe');
  const matched = rule.kind === 'subject' ? matchedProbes(doomed, items) : new Set<number>();
  const crops = new Set(
    probes
      .filter(({ id }) => matched.has(id))
      .flatMap(({ body }) => body.faces.map(({ crop }) => crop))
      .filter((crop) => crop !== null),
  );
  const isTooOld = (at: number): boolean => rule.kind === 'age' && at < rule.before;
  const isThem = (face: CaseProbeFace): boolean =>
    isShown(face, doomed) || (face.crop !== null && crops.has(face.crop));
  return new Set(
    probes.filter(({ at, body }) => isTooOld(at) || body.faces.some(isThem)).map(({ id }) => id),
  );
}

/** Probes of searches with a purged result that a standing decision calls a match. */
function matchedProbes(doomed: Doomed, items: readonly CaseItem[]): Set<number> {
  const searches = itemsOfKind(items, 'search').filter(({ id, body }) =>
    body.results.some(
      (result) =>
        isDoomed(result, doomed) && standingDecision(items, id, result.rank)?.body.verdict === 'match',
    ),
  );
  return new Set(searches.map(({ body }) => body.probeItem));
}

function isShown({ crop, sha256, facesInPicture, frame }: CaseProbeFace, doomed: Doomed): boolean {
  if (crop !== null && doomed.isCrop(crop)) return true;
  // Of a picture with several faces another one may be the probe, and of a video another frame.
  return sha256 !== null && facesInPicture === 1 && frame === null && doomed.isSource(sha256);
}

function isDoomed(
  { faceId, trackId, subjectId }: Pick<CaseResult, 'faceId' | 'trackId' | 'subjectId'>,
  doomed: Doomed,
): boolean {
  return (
    (faceId !== null && doomed.isFace(faceId)) ||
    (trackId !== null && doomed.tracks.has(trackId)) ||
    (subjectId !== null && doomed.subjects.has(subjectId))
  );
}

/** One case's bodies without what is purged. Scores, ranks and verdicts stay: they say what was found, not whom. */
class Redaction {
  mentions = 0;
  readonly #doomed: Doomed;
  readonly #names: Mentions;
  readonly #purge: number;
  readonly #probes: ReadonlySet<number>;

  constructor(doomed: Doomed, names: Mentions, purge: number, probes: ReadonlySet<number>) {
    this.#doomed = doomed;
    this.#names = names;
    this.#purge = purge;
    this.#probes = probes;
  }

  text(text: string): string {
    const left = this.#names.replaceIn(text);
    if (left !== text) this.mentions++;
    return left;
  }

  item(item: CaseItem): CaseItem['body'] {
    if (item.kind === 'note') return { text: this.text(item.body.text) };
    if (item.kind === 'decision') return this.#decision(item.body);
    if (item.kind === 'search') return this.#search(item.body);
    const isPurged = this.#probes.has(item.id);
    return { faces: item.body.faces.map((face) => (isPurged ? this.#probeFace(face) : this.#named(face))) };
  }

  #named(face: CaseProbeFace): CaseProbeFace {
    return { ...face, path: this.text(face.path) };
  }

  #probeFace(face: CaseProbeFace): CaseProbeFace {
    return { ...face, path: '', sha256: null, crop: null, purged: this.#purge };
  }

  #decision(body: DecisionBody): DecisionBody {
    const note = this.text(body.note);
    if (!isDoomed(body, this.#doomed)) return { ...body, note };
    return { ...body, note, faceId: null, trackId: null, subjectId: null, purged: this.#purge };
  }

  #search(body: SearchBody): SearchBody {
    return {
      ...body,
      parameters: this.#parameters(body.parameters),
      results: body.results.map((result) => this.#result(result)),
      notes: body.notes.map((note) => this.text(note)),
    };
  }

  #result(result: CaseResult): CaseResult {
    if (isDoomed(result, this.#doomed)) {
      const nobody = { subject: null, subjectId: null, trackId: null, faceId: null };
      const nowhere = { camera: null, capturedAt: null, sourcePath: '', crop: null };
      return { ...result, ...nobody, ...nowhere, purged: this.#purge };
    }
    const { camera, sourcePath } = result;
    return {
      ...result,
      camera: camera === null ? null : this.text(camera),
      sourcePath: this.text(sourcePath),
    };
  }

  /** What was typed into a filter may be a name; a subject that was left out is a number. */
  #parameters(parameters: SearchBody['parameters']): SearchBody['parameters'] {
    const filter = parameters.filter as Record<string, unknown> | undefined;
    if (filter === undefined) return parameters;
    const kept: Record<string, unknown> = { ...filter };
    if (typeof kept.camera === 'string') kept.camera = this.text(kept.camera);
    if (Array.isArray(kept.tags)) kept.tags = kept.tags.map((tag) => this.text(String(tag)));
    const { excludedSubject, excludedTrack } = kept;
    if (this.#doomed.subjects.has(excludedSubject as number)) kept.excludedSubject = null;
    if (this.#doomed.tracks.has(excludedTrack as number)) kept.excludedTrack = null;
    return { ...parameters, filter: kept };
  }
}

/** Writes a changed item under a new salt, and its new seal into the log. */
function reseal(gallery: Gallery, itemId: number, body: string): void {
  const { database } = gallery;
  database.prepare('UPDATE case_items SET body = ?, salt = ? WHERE id = ?').run(body, newSalt(), itemId);
  const row = database
    .prepare('SELECT id, case_id, kind, actor, at, body, salt FROM case_items WHERE id = ?')
    .get(itemId) as SealedRow;
  gallery.record('case.item-purged', { case: row.case_id, item: itemId, seal: sealOf(row) });
}

/** The same of a case. */
function retitle(gallery: Gallery, caseId: number, title: string): void {
  const { database } = gallery;
  database.prepare('UPDATE cases SET title = ?, salt = ? WHERE id = ?').run(title, newSalt(), caseId);
  const row = database
    .prepare('SELECT id, title, created_by, created_at, salt FROM cases WHERE id = ?')
    .get(caseId) as SealedCase;
  gallery.record('case.title-purged', { case: caseId, seal: caseSealOf(row) });
}

/** Crops of purged faces, and those that no body names any more. */
function removeCrops(database: Database): number {
  const before = database.prepare('SELECT count(DISTINCT crop) FROM case_crops').pluck().get() as number;
  database
    .prepare(
      `DELETE FROM case_crops WHERE face_id IN temp.purged OR NOT EXISTS
         (SELECT 1 FROM case_items WHERE id = item_id AND instr(body, '"' || lower(hex(crop)) || '"') > 0)`,
    )
    .run();
  return before - (database.prepare('SELECT count(DISTINCT crop) FROM case_crops').pluck().get() as number);
}
