// A case as a package: a page to read, the same as JSON, its crops, its part of the audit log.

import { basename } from 'node:path';
import { writeFileAtomically } from '../../common/files.ts';
import type { ProgressToken } from '../../common/progress.ts';
import {
  type AuditVerdict,
  auditOfCase,
  type ChainedEntry,
  verifyAudit,
} from '../../gallery/audit/audit-log.ts';
import {
  type CaseItem,
  type CaseRecord,
  type CaseResult,
  standingDecision,
} from '../../gallery/cases/case-items.ts';
import { caseItems } from '../../gallery/cases/cases.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { storedSize } from '../../imaging/picture-size.ts';
import { casePage } from '../../reports/case-page.ts';
import type { CaseReport, ReportEntry, ReportPicture, ReportResult } from '../../reports/case-report.ts';
import { ensureFree, type PackageOptions, type PackageReport, writePackage } from './package-writer.ts';

/** A page with more pictures in it opens slowly; the files are there all the same. */
const MOST_PICTURES_SHOWN = 500;

interface Evidence {
  readonly record: CaseRecord;
  readonly items: readonly CaseItem[];
  readonly audit: readonly ChainedEntry[];
  readonly verdict: AuditVerdict;
}

/** To a folder, or to one file where `target` ends in .zip. Recorded before it is written, so that the extract has the export too. */
export async function exportCase(
  gallery: Gallery,
  record: CaseRecord,
  target: string,
  { force }: { readonly force: boolean },
  progress: ProgressToken,
): Promise<PackageReport> {
  const at = gallery.acting.now();
  const options: PackageOptions = { format: 'glimpse-case', force, at };
  await ensureFree(target, options);
  const evidence = recordExport(gallery, record);
  return writePackage(target, options, async (writer) => {
    const crops = cropsOf(gallery, record.id);
    const stage = progress.stage('exporting', crops.length, 'crops');
    for (const crop of crops) {
      progress.throwIfCancelled();
      await writer.add(pathOfCrop(gallery, crop), gallery.crops.read(crop));
      stage.advance();
    }
    await writer.add('case.json', `${JSON.stringify(toJson(gallery, evidence, at), null, 1)}\n`);
    await writer.add('case.html', casePage(toReport(gallery, evidence, at)));
  });
}

/** The page alone, pictures in it: what is printed as a PDF. Recorded as an export. */
export async function writeCasePage(gallery: Gallery, record: CaseRecord, pagePath: string): Promise<void> {
  const evidence = recordExport(gallery, record);
  const page = casePage(toReport(gallery, evidence, gallery.acting.now()));
  await writeFileAtomically(pagePath, page);
}

function recordExport(gallery: Gallery, record: CaseRecord): Evidence {
  gallery.change(() => gallery.record('case.exported', { case: record.id }));
  return {
    record,
    items: caseItems(gallery.database, record.id),
    audit: auditOfCase(gallery.database, record.id),
    verdict: verifyAudit(gallery.database),
  };
}

function cropsOf({ database }: Gallery, caseId: number): Buffer[] {
  return database
    .prepare(
      'SELECT DISTINCT crop FROM case_crops WHERE item_id IN (SELECT id FROM case_items WHERE case_id = ?) ORDER BY crop',
    )
    .pluck()
    .all(caseId) as Buffer[];
}

function pathOfCrop({ crops }: Gallery, digest: Buffer): string {
  return `crops/${basename(crops.nameOf(digest))}`;
}

function toJson(gallery: Gallery, { record, items, audit, verdict }: Evidence, at: number): object {
  const { entries: length, head, problem } = verdict;
  return {
    gallery: gallery.name,
    exportedAt: new Date(at).toISOString(),
    exportedBy: gallery.acting.actor,
    case: record,
    items,
    audit: {
      about: 'hash = SHA-256(bytes of previous, then the JSON of [sequence, at, actor, action, body])',
      length,
      head,
      problem,
      entries: audit,
    },
  };
}

function toReport(gallery: Gallery, { record, items, audit, verdict }: Evidence, at: number): CaseReport {
  const { entries: length, head, problem } = verdict;
  let left = MOST_PICTURES_SHOWN;
  const picture = (crop: string | null): ReportPicture | null => {
    if (crop === null) return null;
    const digest = Buffer.from(crop, 'hex');
    const content = left > 0 ? gallery.crops.read(digest) : null;
    const size = content && storedSize(content);
    if (size !== null) left--;
    return { file: pathOfCrop(gallery, digest), shown: content && size && { content, ...size } };
  };
  return {
    gallery: gallery.name,
    number: record.id,
    title: record.title,
    state: record.state,
    createdBy: record.createdBy,
    createdAt: record.createdAt,
    exportedBy: gallery.acting.actor,
    exportedAt: at,
    entries: items.map((item) => toEntry(item, items, picture)),
    audit: { entries: audit, length, head, problem },
  };
}

function toEntry(
  item: CaseItem,
  items: readonly CaseItem[],
  picture: (crop: string | null) => ReportPicture | null,
): ReportEntry {
  const about = { item: item.id, actor: item.actor, at: item.at };
  if (item.kind === 'note') return { ...about, kind: 'note', text: item.body.text };
  if (item.kind === 'probe') {
    const faces = item.body.faces.map(({ crop, purged, ...face }) => ({
      ...face,
      purged: purged ?? null,
      picture: picture(crop),
    }));
    return { ...about, kind: 'probe', faces };
  }
  if (item.kind === 'decision') {
    const { verdict, searchItem, rank, note, supersedes } = item.body;
    const isStanding = standingDecision(items, searchItem, rank)?.id === item.id;
    return { ...about, kind: 'decision', verdict, searchItem, rank, note, supersedes, isStanding };
  }
  const { probeItem, parameters, searched, results, notes } = item.body;
  const shown = results.map((result): ReportResult => {
    const decision = standingDecision(items, item.id, result.rank)?.body.verdict ?? null;
    return { ...withoutCrop(result), picture: picture(result.crop), decision };
  });
  const asked = Object.entries(parameters).map(([label, value]) => [label, asText(value)] as const);
  return { ...about, kind: 'search', probeItem, parameters: asked, searched, results: shown, notes };
}

function withoutCrop({
  crop: _crop,
  purged,
  ...rest
}: CaseResult): Omit<ReportResult, 'picture' | 'decision'> {
  return { ...rest, purged: purged ?? null };
}

/** Parameters for people: `side lr, dimension 512`. */
function asText(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value !== 'object') return String(value);
  const parts = Array.isArray(value)
    ? value.map(asText)
    : Object.entries(value).map(([label, part]) => `${label} ${asText(part)}`);
  return parts.join(', ') || 'none';
}
