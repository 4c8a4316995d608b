// With the ffmpeg on the PATH, where there is one; the messages about a missing or failing one always.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { probeVideo, TOOLS_ON_PATH, videoFrames } from '../../../../src-main/processes/jobs/video-frames.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const ABSENT = { ffmpeg: 'no-such-ffmpeg', ffprobe: 'no-such-ffprobe' };

async function all(frames: ReturnType<typeof videoFrames>): Promise<{ index: number; grey: number }[]> {
  const seen: { index: number; grey: number }[] = [];
  for await (const { index, image } of frames) {
    assert.deepEqual([image.width, image.height], [32, 24]);
    seen.push({ index, grey: image.data[0] });
  }
  return seen;
}

test('without ffmpeg the message says what to do', async () => {
  const expected = {
    code: 'missing-runtime',
    message: /is not on the PATH: install ffmpeg .*, or enrol a folder of frames/,
  };
  await assert.rejects(probeVideo('a.mp4', ABSENT), expected);
  await assert.rejects(all(videoFrames('a.mp4', 1, ABSENT)), expected);
});

test('every n-th frame in order, with its number', {
  skip: !hasFfmpeg && 'no ffmpeg here',
}, async (context) => {
  const folder = await temporaryFolder(context);
  const video = join(folder, 'it\'s "a" video.mkv');
  // Ten frames, each 20 grey levels lighter than the one before; FFV1 keeps them exactly.
  const source = 'color=black:size=32x24:rate=5:duration=2,format=gray,geq=lum=20*N';
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', source, '-c:v', 'ffv1', video]);
  const { framesPerSecond, frames } = await probeVideo(video, TOOLS_ON_PATH);
  assert.deepEqual([framesPerSecond, frames], [5, 10]);
  const seen = await all(videoFrames(video, 3));
  assert.deepEqual(
    seen.map(({ index }) => index),
    [0, 3, 6, 9],
  );
  for (const { index, grey } of seen) assert.ok(Math.abs(grey - 20 * index) <= 2, `frame ${index}: ${grey}`);
  for await (const { index } of videoFrames(video, 1)) {
    // Stops asking after the first: ffmpeg must not be waited for.
    assert.equal(index, 0);
    break;
  }
});

test('a file that is no video, and a playlist that leads elsewhere', {
  skip: !hasFfmpeg && 'no ffmpeg here',
}, async (context) => {
  const folder = await temporaryFolder(context);
  const text = join(folder, 'text.mp4');
  await writeFile(text, 'not a video');
  await assert.rejects(probeVideo(text), {
    code: 'bad-data',
    message: /text\.mp4 is not a readable video: /,
  });
  await assert.rejects(all(videoFrames(text, 1)), { code: 'bad-data' });
  const playlist = join(folder, 'list.m3u8');
  await writeFile(playlist, '#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n');
  await assert.rejects(all(videoFrames(playlist, 1)), { code: 'bad-data' });
  await assert.rejects(all(videoFrames(join(folder, 'none.mp4'), 1)), {
    code: 'bad-data',
    message: /No such file/,
  });
});
