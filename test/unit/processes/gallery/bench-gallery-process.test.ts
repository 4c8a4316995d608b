import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { benchGalleryProcess } from '../../../../src-main/processes/gallery/bench-gallery-process.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('a bench of a gallery file measures all of it, and a kept gallery is used again', async (context) => {
  const folder = join(await temporaryFolder(context), 'kept.gallery');
  const options = { faces: 300, rounds: 1, folder };
  for (const encoding of ['exact', 'compact'] as const) {
    const { baseline, searchMs, ...bench } = await benchGalleryProcess(
      { ...options, encoding },
      ProgressToken.silent(),
    );
    const figures = [
      ...[bench.firstAnswerMs, baseline.median, ...Object.values(searchMs), bench.residentShare],
      ...[bench.cameraFilterMs, bench.weakFilterMs, bench.trivialCallP99Ms, bench.addedMs],
    ];
    assert.ok(
      figures.every((figure) => Number.isFinite(figure) && figure > 0),
      JSON.stringify(figures),
    );
    assert.ok(bench.addedFoundMs > bench.addedMs);
    assert.ok(existsSync(folder));
  }
});
