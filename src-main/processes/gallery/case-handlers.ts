// Cases of an open gallery: list, read, add to, close and open again, hold against the log, export.

import { stat } from 'node:fs/promises';
import { ensure } from '../../common/errors.ts';
import {
  addNote,
  caseItems,
  createCase,
  decide,
  findCase,
  listCases,
  setCaseState,
} from '../../gallery/cases/cases.ts';
import { exportCase, writeCasePage } from '../exports/case-export.ts';
import type { Handlers } from '../rpc/methods.ts';
import { addSearchToCase } from '../search/case-search.ts';
import type { GalleryService } from './gallery-service.ts';
import type { Announce } from './handlers.ts';
import type { OpenGalleries } from './open-galleries.ts';

type Methods =
  | 'cases'
  | 'createCase'
  | 'readCase'
  | 'addNote'
  | 'addSearch'
  | 'decide'
  | 'setCaseState'
  | 'caseAudit'
  | 'exportCase'
  | 'writeCasePage';

export function caseHandlers(
  galleries: OpenGalleries,
  announce: Announce,
): Pick<Handlers<GalleryService>, Methods> {
  const tell = (gallery: number): void => announce('changed', { gallery, what: 'cases' });
  return {
    cases: ({ gallery }) => listCases(galleries.of(gallery).gallery),
    createCase: ({ gallery, title }) => {
      const record = createCase(galleries.of(gallery).gallery, title);
      tell(gallery);
      return record;
    },
    readCase: ({ gallery, id }) => {
      const open = galleries.of(gallery).gallery;
      return { record: findCase(open, String(id)), items: caseItems(open.database, id) };
    },
    addNote: ({ gallery, id, text }) => {
      const item = addNote(galleries.of(gallery).gallery, id, text);
      tell(gallery);
      return item;
    },
    addSearch: async ({ gallery, id, search, threshold }) => {
      const open = galleries.of(gallery);
      const { probe, report } = open.searches.of(search);
      const results = report.results.filter(({ score }) => threshold === null || score >= threshold);
      const asked = { ...report.asked, threshold };
      const added = { ...report, asked, results };
      const items = await open.withCrops(() => addSearchToCase(open.gallery, id, probe, added));
      tell(gallery);
      return items;
    },
    decide: ({ gallery, id, ...decision }) => {
      const item = decide(galleries.of(gallery).gallery, id, decision);
      tell(gallery);
      return item;
    },
    setCaseState: ({ gallery, id, state }) => {
      setCaseState(galleries.of(gallery).gallery, id, state);
      tell(gallery);
      return null;
    },
    caseAudit: ({ gallery, id }, progress) => galleries.of(gallery).read('caseAudit', { id }, progress),
    exportCase: async ({ gallery, id, target }, progress) => {
      const open = galleries.of(gallery);
      const record = findCase(open.gallery, String(id));
      const exists = await stat(target).catch(() => null);
      ensure(exists === null, 'bad-usage', `${target} exists already: name another place`);
      return open.withCrops(() => exportCase(open.gallery, record, target, { force: false }, progress));
    },
    writeCasePage: async ({ gallery, id, page }) => {
      const open = galleries.of(gallery);
      const record = findCase(open.gallery, String(id));
      await open.withCrops(() => writeCasePage(open.gallery, record, page));
      return null;
    },
  };
}
