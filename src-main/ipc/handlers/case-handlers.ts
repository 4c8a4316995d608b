// Cases: list, make, read, add to, decide, close and open again, hold against the log, export.

import type { CaseView } from '../../contract/cases.ts';
import { caseView } from '../../processes/gallery/case-view.ts';
import type { HandlerTable } from '../dispatcher.ts';
import type { HostServices } from '../host-services.ts';

type CaseChannels =
  | 'cases.list'
  | 'cases.create'
  | 'cases.read'
  | 'cases.add-note'
  | 'cases.add-search'
  | 'cases.decide'
  | 'cases.set-state'
  | 'cases.audit'
  | 'cases.export';

export function caseHandlers({ galleries, queue }: HostServices): Pick<HandlerTable, CaseChannels> {
  async function read(gallery: string, id: number): Promise<CaseView> {
    const { record, items } = await galleries.call(gallery, 'readCase', { id });
    return caseView(gallery, record, items);
  }
  return {
    'cases.list': ({ gallery }) => galleries.call(gallery, 'cases', {}),
    'cases.create': async ({ gallery, title }) => {
      const { id } = await galleries.call(gallery, 'createCase', { title });
      return read(gallery, id);
    },
    'cases.read': ({ gallery, case: id }) => read(gallery, id),
    'cases.add-note': async ({ gallery, case: id, text }) => {
      await galleries.call(gallery, 'addNote', { id, text });
      return read(gallery, id);
    },
    'cases.add-search': ({ gallery, case: id, search, threshold }) =>
      galleries.call(gallery, 'addSearch', { id, search, threshold }),
    'cases.decide': async ({ gallery, case: id, ...decision }) => {
      await galleries.call(gallery, 'decide', { id, ...decision });
      return read(gallery, id);
    },
    'cases.set-state': async ({ gallery, case: id, state }) => {
      await galleries.call(gallery, 'setCaseState', { id, state });
      return read(gallery, id);
    },
    'cases.audit': async ({ gallery, case: id }) => {
      const { entries, verdict, sealProblems, sealed } = await galleries.call(gallery, 'caseAudit', { id });
      return {
        entries: entries.map(({ sequence, at, actor, action, body, hash }) => ({
          ...{ sequence, at, actor, action, body, hash },
        })),
        length: verdict.entries,
        head: verdict.head,
        chainProblem: verdict.problem,
        sealProblems,
        sealed,
      };
    },
    'cases.export': (asked) => queue.add('case-export', asked),
  };
}
