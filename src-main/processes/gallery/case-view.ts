// A case as the window shows it: its items with the names of their pictures, and which decisions stand.

import type { CaseItemView, CaseResultView, CaseView } from '../../contract/cases.ts';
import { cropImage } from '../../contract/images.ts';
import { type CaseItem, type CaseRecord, standingDecision } from '../../gallery/cases/case-items.ts';

export function caseView(gallery: string, record: CaseRecord, items: readonly CaseItem[]): CaseView {
  return { ...record, items: items.map((item) => itemView(gallery, item, items)) };
}

function itemView(gallery: string, item: CaseItem, items: readonly CaseItem[]): CaseItemView {
  const { id, actor, at } = item;
  const base = { id, actor, at };
  const picture = (crop: string | null): string | null => crop && cropImage(gallery, crop);
  switch (item.kind) {
    case 'note':
      return { ...base, kind: 'note', text: item.body.text };
    case 'probe':
      return {
        ...base,
        kind: 'probe',
        faces: item.body.faces.map(
          ({ path, face, facesInPicture, sizePx, weight, reasons, crop, purged }) => ({
            ...{ path, face, facesInPicture, sizePx, weight, reasons },
            crop: picture(crop),
            isPurged: purged !== undefined,
          }),
        ),
      };
    case 'decision': {
      const { verdict, searchItem, rank, note } = item.body;
      const isStanding = standingDecision(items, searchItem, rank)?.id === id;
      return { ...base, kind: 'decision', verdict, searchItem, rank, note, isStanding };
    }
    case 'search': {
      const { probeItem, parameters, searched, results, notes } = item.body;
      return {
        ...base,
        kind: 'search',
        probeItem,
        parameters: parametersForPeople(parameters),
        searched,
        notes,
        results: results.map(({ purged, crop, ...result }): CaseResultView => {
          const verdict = standingDecision(items, id, result.rank)?.body.verdict ?? null;
          return {
            ...result,
            crop: picture(crop),
            isPurged: purged !== undefined,
            decision: verdict === 'withdrawn' ? null : verdict,
          };
        }),
      };
    }
  }
}

/** The plain ones; spaces are told by their model. */
function parametersForPeople(parameters: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(parameters).flatMap(([name, value]): [string, string][] => {
    if (value === null || value === undefined) return [];
    if (typeof value !== 'object') return [[name, String(value)]];
    if (name === 'filter') {
      return Object.entries(value).map(([condition, limit]) => [`filter: ${condition}`, String(limit)]);
    }
    const { side, modelDigest } = value as { side?: string; modelDigest?: string };
    return modelDigest === undefined ? [] : [[name, `${side?.toUpperCase()} ${modelDigest.slice(0, 12)}…`]];
  });
}
