// Long reads of a gallery, each a function of a connection that only reads: they run on a thread of their own.

import type { ProgressToken } from '../../common/progress.ts';
import type { ScoreMeaning } from '../../evaluation/score-meaning.ts';
import type { SpaceComparison } from '../../evaluation/space-comparison.ts';
import {
  type AuditVerdict,
  auditOfCase,
  type ChainedEntry,
  verifyAudit,
} from '../../gallery/audit/audit-log.ts';
import { checkSeals } from '../../gallery/cases/case-seal.ts';
import { copyGallery } from '../../gallery/db/backup.ts';
import { checkIntegrity, type IntegrityReport } from '../../gallery/db/integrity.ts';
import { listCameras } from '../../gallery/db/queries/cameras.ts';
import { samePictures } from '../../gallery/db/queries/same-pictures.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { type ClusterReport, type ClusterRequest, computeClusters } from '../clusters/cluster-job.ts';
import { type GalleryExportReport, writeGalleryExport } from '../exports/gallery-export.ts';
import { compareGallerySpaces } from '../search/compared-spaces.ts';
import {
  type ComparedSpaces,
  computeMeaning,
  type ReferenceVectors,
  referenceOf,
} from '../search/measured-meaning.ts';
import { type ComputedRecheck, computeRecheck, type RecheckRequest } from '../search/recheck-job.ts';

/** The log's entries of a case, whether its chain holds, and whether the case is as they say. */
export interface CaseAudit {
  readonly entries: readonly ChainedEntry[];
  readonly verdict: AuditVerdict;
  /** One sentence each. */
  readonly sealProblems: readonly string[];
  /** Items of the case. */
  readonly sealed: number;
}

/** What is asked of each job, and what it gives. */
export interface ReaderJobs {
  readonly verify: { readonly params: null; readonly result: IntegrityReport };
  readonly verifyAudit: { readonly params: null; readonly result: AuditVerdict };
  readonly caseAudit: { readonly params: { readonly id: number }; readonly result: CaseAudit };
  readonly cameras: { readonly params: null; readonly result: ReturnType<typeof listCameras> };
  readonly copy: {
    readonly params: { readonly folder: string };
    readonly result: { readonly faces: number };
  };
  readonly meaning: {
    readonly params: ComparedSpaces & { readonly reference: ReferenceVectors | null };
    readonly result: ScoreMeaning;
  };
  readonly compareSpaces: {
    readonly params: { readonly before: number; readonly after: number };
    readonly result: SpaceComparison;
  };
  readonly clusters: { readonly params: ClusterRequest; readonly result: ClusterReport };
  readonly recheck: { readonly params: RecheckRequest; readonly result: ComputedRecheck };
  readonly samePictures: {
    readonly params: { readonly limit: number };
    readonly result: ReturnType<typeof samePictures>;
  };
  readonly exportGallery: {
    readonly params: { readonly target: string };
    readonly result: GalleryExportReport;
  };
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
  caseAudit: ({ database }, { id }) => auditCase(database, id),
  cameras: ({ database }) => listCameras(database),
  copy: (gallery, { folder }, progress) => copyGallery(gallery, folder, progress),
  meaning: measureMeaning,
  compareSpaces: (gallery, spaces, progress) => compareGallerySpaces(gallery, spaces, progress),
  clusters: computeClusters,
  recheck: computeRecheck,
  samePictures: ({ database }, { limit }) => samePictures(database, limit),
  exportGallery: (gallery, { target }, progress) => exportSnapshot(gallery, target, progress),
};

async function measureMeaning(
  gallery: Gallery,
  { reference, ...spaces }: ReaderJobs['meaning']['params'],
  progress: ProgressToken,
): Promise<ScoreMeaning> {
  const people = reference && (await referenceOf(gallery, spaces.answers, reference, progress));
  return computeMeaning(gallery, spaces, people, progress);
}

/** As the gallery is at one moment, whatever is enrolled or changed meanwhile. */
async function exportSnapshot(
  gallery: Gallery,
  target: string,
  progress: ProgressToken,
): Promise<GalleryExportReport> {
  gallery.database.exec('BEGIN');
  try {
    return await writeGalleryExport(gallery, target, { force: false }, progress);
  } finally {
    gallery.database.exec('COMMIT');
  }
}

function auditCase(database: Gallery['database'], id: number): CaseAudit {
  const sealProblems: string[] = [];
  const prefix = `case ${id}: `;
  checkSeals(database, (problem) => {
    if (problem.startsWith(prefix)) sealProblems.push(problem.slice(prefix.length));
  });
  return {
    entries: auditOfCase(database, id),
    verdict: verifyAudit(database),
    sealProblems,
    sealed: database.prepare('SELECT count(*) FROM case_items WHERE case_id = ?').pluck().get(id) as number,
  };
}
