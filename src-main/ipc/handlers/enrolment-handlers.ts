// Enrolment: planned, started, gone on with, ended as it is; what became of its files.

import { ensure } from '../../common/errors.ts';
import type { JobView } from '../../contract/jobs.ts';
import type { HandlerTable } from '../dispatcher.ts';
import type { HostServices } from '../host-services.ts';

type EnrolmentChannels =
  | 'enrolment.plan'
  | 'enrolment.start'
  | 'enrolment.unfinished'
  | 'enrolment.resume'
  | 'enrolment.end'
  | 'enrolment.files'
  | 'enrolment.save-failures';

export function enrolmentHandlers({
  galleries,
  enrolments,
  queue,
}: HostServices): Pick<HandlerTable, EnrolmentChannels> {
  /** One at a time for each gallery: two would read the same list. */
  function refuseSecond(gallery: string): void {
    const open = openEnrolment(queue.views, gallery);
    ensure(open === undefined, 'in-use', `an enrolment into ${gallery} is ${open?.state} already`);
  }
  return {
    'enrolment.plan': (asked) => enrolments.plan(asked),
    'enrolment.start': (asked) => {
      const { gallery } = asked;
      refuseSecond(gallery);
      return queue.add('enrol', { kind: 'source', gallery, asked });
    },
    'enrolment.unfinished': async ({ gallery }) => {
      // Of one that has a job, the job says how far it is.
      if (openEnrolment(queue.views, gallery) !== undefined) return [];
      const imports = await galleries.call(gallery, 'unfinishedImports', {});
      return imports.map(({ importId, root, startedAt, todo, files }) => ({
        ...{ import: importId, root, startedAt, todo, files },
      }));
    },
    'enrolment.resume': ({ gallery, import: importId }) => {
      refuseSecond(gallery);
      return queue.add('enrol', { kind: 'unfinished', gallery, importId });
    },
    'enrolment.end': async ({ gallery, import: importId }) => {
      refuseSecond(gallery);
      await galleries.call(gallery, 'endEnrolment', { importId });
      return null;
    },
    'enrolment.files': ({ gallery, import: importId, ...page }) =>
      galleries.call(gallery, 'settledFiles', { importId, ...page }),
    'enrolment.save-failures': async ({ job, file }) => {
      const outcome = queue.views.find(({ id }) => id === job)?.outcome;
      ensure(outcome?.kind === 'enrol', 'not-found', 'this enrolment is no longer listed');
      const { gallery, import: importId, leftOut } = outcome.value;
      ensure(importId !== null, 'bad-usage', 'nothing was enrolled, so nothing failed');
      return galleries.call(gallery, 'saveFailures', { importId, path: file, leftOut });
    },
  };
}

export function openEnrolment(jobs: readonly JobView[], gallery: string): JobView | undefined {
  return jobs.find(
    ({ kind, subject, endedAt }) => kind === 'enrol' && subject === gallery && endedAt === null,
  );
}
