// Long reads of a gallery, each a function of a connection that only reads: they run on a thread of their own.

import type { ProgressToken } from '../../common/progress.ts';
import type { ScoreMeaning } from '../../evaluation/score-meaning.ts';
import { type AuditVerdict, verifyAudit } from '../../gallery/audit/audit-log.ts';
import { copyGallery } from '../../gallery/db/backup.ts';
import { checkIntegrity, type IntegrityReport } from '../../gallery/db/integrity.ts';
import { listCameras } from '../../gallery/db/queries/cameras.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { type ComparedSpaces, computeMeaning } from '../search/measured-meaning.ts';

/** What is asked of each job, and what it gives. */
export interface ReaderJobs {
  readonly verify: { readonly params: null; readonly result: IntegrityReport };
  readonly verifyAudit: { readonly params: null; readonly result: AuditVerdict };
  readonly cameras: { readonly params: null; readonly result: ReturnType<typeof listCameras> };
  readonly copy: {
    readonly params: { readonly folder: string };
    readonly result: { readonly faces: number };
  };
  readonly meaning: { readonly params: ComparedSpaces; readonly result: ScoreMeaning };
}

export type ReaderJob = keyof ReaderJobs;

type Run<Job extends ReaderJob> = (
  gallery: Gallery,
  params: ReaderJobs[Job]['params'],
  progress: ProgressToken,
) => ReaderJobs[Job]['result'] | Promise<ReaderJobs[Job]['result']>;

export const READER_JOBS: { readonly [Job in ReaderJob]: Run<Job> } = {
  verify: (gallery, _, progress) => checkIntegrity(gallery, progress),
  verifyAudit: ({ database }) => verifyAudit(database),
  cameras: ({ database }) => listCameras(database),
  copy: (gallery, { folder }, progress) => copyGallery(gallery, folder, progress),
  meaning: (gallery, spaces, progress) => computeMeaning(gallery, spaces, null, progress),
};
