import assert from 'node:assert/strict';
import { test } from 'node:test';
import { casePage } from '../../../src-main/reports/case-page.ts';
import type { CaseReport, ReportResult } from '../../../src-main/reports/case-report.ts';
import { tinyPng } from '../../support/tiny-png.ts';

const HOSTILE = `<script>alert(1)</script>" onload='x' \0 \u202e`;

function result(rank: number, changes: Partial<ReportResult> = {}): ReportResult {
  return {
    rank,
    score: 0.8123456,
    fmr: 1.5e-4,
    fmrInterval: { low: 1e-5, high: 1e-3 },
    measuredOn: { source: 'gallery', probeFaces: '1', galleryFaces: '2–3', pairs: 1000, people: 40 },
    expectedFalseMatches: 0.25,
    log10LikelihoodRatio: 2.04,
    margin: 0.0312,
    subject: HOSTILE,
    trackId: 4,
    faceId: 5,
    faces: 2,
    camera: HOSTILE,
    capturedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    sourcePath: HOSTILE,
    sizePx: 16,
    weight: 0.5,
    reasons: ['small'],
    picture: {
      file: 'crops/a.png',
      shown: { format: 'png', content: tinyPng(16, 20, 9), widthPx: 16, heightPx: 20 },
    },
    purged: null,
    decision: 'match',
    ...changes,
  };
}

function report(results: readonly ReportResult[]): CaseReport {
  const about = { actor: HOSTILE, at: 0 };
  return {
    gallery: 'door',
    number: 7,
    title: HOSTILE,
    state: 'open',
    createdBy: HOSTILE,
    createdAt: 0,
    exportedBy: HOSTILE,
    exportedAt: 0,
    entries: [
      { ...about, item: 1, kind: 'note', text: HOSTILE },
      {
        ...about,
        item: 2,
        kind: 'search',
        probeItem: 1,
        parameters: [['filter', HOSTILE]],
        searched: { faces: 3, people: 2 },
        results,
        notes: [HOSTILE],
      },
    ],
    audit: { entries: [], length: 12, head: 'abcd', problem: null },
  };
}

test('nothing that people typed becomes markup, and the page loads nothing', () => {
  const page = casePage(report([result(1)]));
  assert.doesNotMatch(page, /<script|\son\w+=['"]|\0/);
  assert.ok(page.includes('&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39; \uFFFD'));
  assert.match(page, /Content-Security-Policy" content="default-src 'none'; img-src data:/);
  assert.doesNotMatch(page, /(src|href)="(?!data:image\/png;base64,|#)/);
  assert.doesNotMatch(page, /url\(|@import/);
});

test('crops are shown at a whole-number scale, without smoothing', () => {
  const page = casePage(report([result(1)]));
  assert.match(page, /image-rendering: pixelated/);
  assert.match(page, /width="80" height="100" alt="crop of 16 by 20 pixels, 5 times"/);
  const shown = { format: 'jpeg', content: Buffer.of(1), widthPx: 9, heightPx: 9 } as const;
  assert.match(
    casePage(report([result(1, { picture: { file: 'crops/d.jpg', shown } })])),
    /src="data:image\/jpeg;base64,AQ=="/,
  );
  const large = {
    file: 'crops/b.png',
    shown: { format: 'png' as const, content: tinyPng(1, 1, 1), widthPx: 300, heightPx: 10 },
  };
  assert.match(casePage(report([result(1, { picture: large })])), /width="300" height="10"/);
  const unseen = { file: 'crops/c.png', shown: null };
  assert.match(casePage(report([result(1, { picture: unseen })])), /<code>crops\/c\.png<\/code>/);
});

test('every score comes with its FMR and what that was measured on, or says that it was not', () => {
  const measured = casePage(report([result(1)]));
  assert.match(measured, /0\.8123<\/strong>, FMR 1\.5e-4 \(95 % 1\.0e-5 … 1\.0e-3\)/);
  assert.match(
    measured,
    /measured on 1000 pairs of 40 different people of this gallery, 1 against 2–3 faces/,
  );
  assert.match(casePage(report([result(1, { fmr: null })])), /FMR at most 1\.0e-3 \(95 %\)/);
  const unmeasured = { fmr: null, fmrInterval: null, measuredOn: null, expectedFalseMatches: null };
  const page = casePage(report([result(1, unmeasured), result(2, unmeasured)]));
  assert.equal(page.match(/FMR not measured/g)?.length, 2);
  assert.equal(page.match(/the score has no known error rate/g)?.length, 2);
});

test('the audit head and a purged result are said', () => {
  const page = casePage(report([result(1, { purged: 3, subject: null })]));
  assert.match(page, /chain of 12 entries; its head was <code>abcd<\/code>/);
  assert.match(page, /purged \(purge record 3\)/);
});
