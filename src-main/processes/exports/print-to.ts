// One PDF of an HTML page that another process writes: printed beside its place, never over anything.

import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { ensure } from '../../common/errors.ts';
import { asDiskError, sha256 } from '../../common/files.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { moveIntoPlace } from '../../common/staging.ts';
import type { PackageResult } from '../../contract/people.ts';
import { printPdf } from '../benchmark/print-pdf.ts';

/** Prints an HTML file as PDF. */
export type Print = (htmlPath: string, pdfPath: string) => Promise<void>;

export function isPdfPath(path: string): boolean {
  return path.toLowerCase().endsWith('.pdf');
}

/**
 * `writePage` writes the page where it is told to; page and half a PDF are gone afterwards, whatever happens. Throws
 * `bad-usage` where the target exists, `missing-runtime` where nothing can print, `cancelled`.
 */
export async function printTo(
  target: string,
  print: Print | null,
  progress: ProgressToken,
  writePage: (path: string) => Promise<unknown>,
): Promise<PackageResult> {
  ensure(!existsSync(target), 'bad-usage', `${target} exists already: name another place`);
  const stage = progress.stage('printing', 2, 'steps');
  const page = `${target}.${process.pid}.html`;
  const printed = `${target}.${process.pid}.pdf`;
  try {
    await writePage(page);
    stage.advance();
    progress.throwIfCancelled();
    if (print === null) await printPdf(page, printed, progress.signal);
    else await print(page, printed);
    progress.throwIfCancelled();
    const bytes = await readFile(printed);
    await moveIntoPlace(printed, target, { replace: false });
    stage.advance();
    return { target, files: 1, bytes: bytes.length, manifestSha256: sha256(bytes) };
  } catch (error) {
    throw asDiskError(error, target);
  } finally {
    await rm(page, { force: true });
    await rm(printed, { force: true });
  }
}
