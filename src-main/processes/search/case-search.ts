// A search into a case: its probe with crops of its own, its parameters and its results as they were.

import { addSearch } from '../../gallery/cases/cases.ts';
import { cropOfFace } from '../../gallery/db/queries/faces.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { Probe } from './probe.ts';
import type { SearchReport } from './search-job.ts';

/** The case stays readable when the probe's file is gone: its crops are stored with the gallery's. Throws what `addSearch` throws. */
export async function addSearchToCase(
  gallery: Gallery,
  caseId: number,
  probe: Probe,
  report: SearchReport,
): Promise<{ probeItem: number; searchItem: number }> {
  const digests = await gallery.crops.putAll(probe.crops);
  const faces = probe.faces.map((face, at) => ({ ...face, crop: digests[at].toString('hex') }));
  const { asked, space, probeSpace, searched, notes } = report;
  const results = report.results.map((result) => {
    const crop = cropOfFace(gallery.database, result.faceId);
    return { ...result, crop };
  });
  const parameters = { ...asked, space, probeSpace };
  return addSearch(gallery, caseId, { faces }, { parameters, searched, results, notes });
}
