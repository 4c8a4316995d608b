// Whoever changes a case behind the program's back: each change shows, and what the program itself does is none.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSeals } from '../../../../src-main/gallery/cases/case-seal.ts';
import { addNote, createCase, setCaseState } from '../../../../src-main/gallery/cases/cases.ts';
import type { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { deleteCase } from '../../../../src-main/gallery/purge/purge.ts';
import { madeGallery } from '../../../support/made-gallery.ts';

const CHANGES: readonly { readonly what: string; readonly sql: string; readonly problem: RegExp }[] = [
  { what: 'its title', sql: `UPDATE cases SET title = 'Gate' WHERE id = 1`, problem: /^case 1: its title/ },
  {
    what: 'who made it',
    sql: `UPDATE cases SET created_by = 'bob' WHERE id = 1`,
    problem: /^case 1: its title/,
  },
  { what: 'when', sql: 'UPDATE cases SET created_at = 1 WHERE id = 1', problem: /^case 1: its title/ },
  {
    what: 'its state',
    sql: `UPDATE cases SET state = 'open' WHERE id = 1`,
    problem: /^case 1: it is open, and closed in the audit log$/,
  },
  {
    what: 'an item',
    sql: `UPDATE case_items SET body = '{"text":"no"}'`,
    problem: /^case 1: item 1 is not as/,
  },
  {
    what: 'whose an item is',
    sql: 'UPDATE case_items SET case_id = 2',
    problem: /^case 2: item 1 is not as/,
  },
  { what: 'that an item is there', sql: 'DELETE FROM case_items', problem: /^case 1: item 1 is missing$/ },
  { what: 'that it is there', sql: 'DELETE FROM cases WHERE id = 2', problem: /^case 2: it is missing$/ },
  {
    what: 'that there is another',
    sql: `INSERT INTO cases (id, title, state, created_by, created_at, salt) VALUES (9, 'x', 'open', 'eve', 1, X'00')`,
    problem: /^case 9: it is not in the audit log$/,
  },
  {
    what: 'that there is another, made to look older than seals are',
    sql: `INSERT INTO cases (id, title, state, created_by, created_at, salt) VALUES (9, 'x', 'open', 'eve', 1, X'')`,
    problem: /^case 9: it is not in the audit log$/,
  },
  {
    what: 'that it has another item, made to look older than seals are',
    sql: `INSERT INTO case_items (id, case_id, kind, actor, at, body, salt) VALUES (9, 1, 'note', 'eve', 1, '{"text":"x"}', X'')`,
    problem: /^case 1: item 9 is not in the audit log$/,
  },
];

for (const { what, sql, problem } of CHANGES) {
  test(`changed behind its back: ${what}`, async (context) => {
    const gallery = await madeGallery(context);
    createCase(gallery, 'Door');
    addNote(gallery, 1, 'seen');
    setCaseState(gallery, 1, 'closed');
    createCase(gallery, 'Yard');
    createCase(gallery, 'Roof');
    deleteCase(gallery, 3);
    assert.equal(problemsOf(gallery), '');
    gallery.database.exec(sql);
    assert.match(problemsOf(gallery), problem);
  });
}

/** One line each. */
function problemsOf({ database }: Gallery): string {
  const problems: string[] = [];
  checkSeals(database, (problem) => problems.push(problem));
  return problems.join('\n');
}
