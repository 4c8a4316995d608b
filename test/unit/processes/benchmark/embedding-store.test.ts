import assert from 'node:assert/strict';
import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { matrix } from '../../../../src-main/common/matrix.ts';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { EmbeddingStore } from '../../../../src-main/processes/benchmark/embedding-store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const SILENT = ProgressToken.silent();

/** Face f has the row [f, −f]; `asked` keeps what was asked for, and asking from `failAt` on fails. */
function requestOf(asked: string[], failAt = Number.POSITIVE_INFINITY) {
  return {
    key: { model: 'm', mirrored: false },
    faces: 10,
    embeddingSize: 2,
    pieceFaces: 4,
    stage: 'embedding',
    embed: async (first: number, end: number) => {
      if (first >= failAt) throw new Error('killed');
      asked.push(`${first}–${end}`);
      const values = Float32Array.from({ length: (end - first) * 2 }, (_, at) => {
        const face = first + (at >> 1);
        return at % 2 === 0 ? face : -face;
      });
      return matrix(values, 2);
    },
  };
}

test('what was done before a kill is not done again, and the second run does nothing', async (context) => {
  const store = new EmbeddingStore(await temporaryFolder(context));
  const asked: string[] = [];
  assert.equal(await store.missing(requestOf(asked)), 10);
  await assert.rejects(store.ensure(requestOf(asked, 8), SILENT), /killed/);
  assert.equal(await store.missing(requestOf(asked)), 2);
  const rows = await store.ensure(requestOf(asked), SILENT);
  assert.deepEqual(asked, ['0–4', '4–8', '8–10']);
  assert.deepEqual([...rows.values.subarray(12, 16)], [6, -6, 7, -7]);
  assert.deepEqual((await store.ensure(requestOf(asked), SILENT)).values, rows.values);
  assert.equal(asked.length, 3);
});

test('a damaged piece is made again; another key or size has pieces of its own', async (context) => {
  const folder = await temporaryFolder(context);
  const store = new EmbeddingStore(folder);
  const asked: string[] = [];
  const request = requestOf(asked);
  const rows = await store.ensure(request, SILENT);
  const [own] = await readdir(folder);
  await truncate(join(folder, own, '00000004.glimpse'), 90);
  assert.deepEqual((await store.ensure(request, SILENT)).values, rows.values);
  assert.deepEqual(asked.slice(3), ['4–8']);
  await store.ensure({ ...request, key: { mirrored: true, model: 'm' } }, SILENT);
  assert.equal(asked.length, 7);
  await store.ensure({ ...request, key: { mirrored: false, model: 'm' } }, SILENT);
  assert.equal(asked.length, 7, 'the order of a key does not matter');
});

test('a cancelled run keeps whole pieces', async (context) => {
  const store = new EmbeddingStore(await temporaryFolder(context));
  const asked: string[] = [];
  const stop = new AbortController();
  const token = new ProgressToken(() => {}, stop.signal);
  const request = requestOf(asked);
  const stopping = {
    ...request,
    embed: (first: number, end: number) => {
      if (first === 4) stop.abort();
      return request.embed(first, end);
    },
  };
  await assert.rejects(store.ensure(stopping, token), { code: 'cancelled' });
  assert.equal(await store.missing(request), 2);
});
