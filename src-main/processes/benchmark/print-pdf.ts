// Prints an HTML file as PDF by an installed Chromium, without a window and without the network.

import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findBrowser } from '../../common/browser.ts';
import { ensure, GlimpseError, messageOf } from '../../common/errors.ts';

const MOST_SECONDS = 120;

/** Throws `missing-runtime` without a Chromium, and where it makes no file within two minutes. */
export async function printPdf(htmlPath: string, pdfPath: string, signal: AbortSignal): Promise<void> {
  const chromium = findBrowser(process.env);
  if (chromium === null) {
    throw new GlimpseError(
      'missing-runtime',
      'a PDF is printed by Chromium, and none is installed: install one, name it in GLIMPSE_BROWSER, or print the HTML file from any browser',
    );
  }
  const profile = await mkdtemp(join(tmpdir(), 'glimpse-print-'));
  try {
    await runChromium(chromium, profile, htmlPath, pdfPath, signal);
    const size = (await stat(pdfPath).catch(() => null))?.size ?? 0;
    ensure(size > 0, 'missing-runtime', `${chromium} ended without writing ${pdfPath}`);
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
}

function runChromium(
  chromium: string,
  profile: string,
  htmlPath: string,
  pdfPath: string,
  signal: AbortSignal,
): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  const words = [
    '--headless',
    '--disable-gpu',
    '--no-first-run',
    '--disable-extensions',
    '--disable-background-networking',
    `--user-data-dir=${profile}`,
    // Chromium's sandbox refuses to work for root, as in containers; the page is ours and runs no script.
    ...(isRoot ? ['--no-sandbox'] : []),
    '--no-pdf-header-footer',
    `--print-to-pdf=${pdfPath}`,
    pathToFileURL(htmlPath).href,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(chromium, words, {
      stdio: ['ignore', 'ignore', 'pipe'],
      signal,
      timeout: MOST_SECONDS * 1000,
    });
    let heard = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      heard = (heard + chunk).slice(-2000);
    });
    child.on('error', (error) => {
      const code = signal.aborted ? 'cancelled' : 'missing-runtime';
      const message = signal.aborted ? 'cancelled' : `${chromium} cannot be run: ${messageOf(error)}`;
      reject(new GlimpseError(code, message, { cause: error }));
    });
    child.on('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new GlimpseError(
            'missing-runtime',
            `${chromium} could not print ${htmlPath} (exit ${code}): ${heard.trim().split('\n').at(-1) ?? ''}`,
          ),
        );
    });
  });
}
