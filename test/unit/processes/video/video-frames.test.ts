// With the ffmpeg on the PATH, where there is one; the messages about a missing or failing one always.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { GlimpseError } from '../../../../src-main/common/errors.ts';
import { TOOLS_ON_PATH } from '../../../../src-main/processes/video/ffmpeg.ts';
import { probeVideo, videoFrames } from '../../../../src-main/processes/video/video-frames.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const NEEDS_FFMPEG = { skip: !hasFfmpeg && 'no ffmpeg here' };
const ABSENT = { ffmpeg: 'no-such-ffmpeg', ffprobe: 'no-such-ffprobe' };

/** FFV1 keeps every pixel. */
function makeVideo(source: string, path: string, words: readonly string[] = ['-c:v', 'ffv1']): void {
  const codec = words.includes('-c:v') ? words : ['-c:v', 'ffv1', ...words];
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', source, ...codec, path]);
}

async function all(frames: ReturnType<typeof videoFrames>): Promise<{ index: number; grey: number }[]> {
  const seen: { index: number; grey: number }[] = [];
  for await (const { index, image } of frames) {
    assert.deepEqual([image.width, image.height], [32, 24]);
    seen.push({ index, grey: image.data[0] });
  }
  return seen;
}

test('without ffmpeg the message says what to do', async (context) => {
  const video = join(await temporaryFolder(context), 'a.mp4');
  await writeFile(video, 'x');
  const expected = {
    code: 'missing-runtime',
    message: /is not on the PATH: install ffmpeg .*, or enrol a folder of frames/,
  };
  await assert.rejects(probeVideo(video, ABSENT), expected);
  await assert.rejects(all(videoFrames(video, 5, { everyNth: 1, tools: ABSENT })), expected);
});

test('every n-th frame in order, with its number', NEEDS_FFMPEG, async (context) => {
  const folder = await temporaryFolder(context);
  const video = join(folder, 'it\'s "a" video.mkv');
  // Ten frames, each 20 grey levels lighter than the one before; FFV1 keeps them exactly.
  const source = 'color=black:size=32x24:rate=5:duration=2,format=gray,geq=lum=20*N';
  makeVideo(source, video);
  const { framesPerSecond, frames } = await probeVideo(video, TOOLS_ON_PATH);
  assert.deepEqual([framesPerSecond, frames], [5, 10]);
  const seen = await all(videoFrames(video, 5, { everyNth: 3 }));
  assert.deepEqual(
    seen.map(({ index }) => index),
    [0, 3, 6, 9],
  );
  for (const { index, grey } of seen) assert.ok(Math.abs(grey - 20 * index) <= 2, `frame ${index}: ${grey}`);
  for await (const { index } of videoFrames(video, 5, { everyNth: 1 })) {
    // Stops asking after the first: ffmpeg must not be waited for.
    assert.equal(index, 0);
    break;
  }
});

test('a reading that goes on sees the same frames at the same times', NEEDS_FFMPEG, async (context) => {
  const video = join(await temporaryFolder(context), 'uneven.mkv');
  // Frames 4 … 7 are left out: what comes after them has its own time, not that of a steady rate.
  const source =
    "color=black:size=32x24:rate=10:duration=2,format=gray,geq=lum=10*N,select='not(between(n,4,7))'";
  makeVideo(source, video, ['-fps_mode', 'passthrough']);
  const read = async (from: number): Promise<[number, number][]> => {
    const seen: [number, number][] = [];
    for await (const { index, timeMs } of videoFrames(video, 10, { everyNth: 2, from }))
      seen.push([index, timeMs]);
    return seen;
  };
  const whole = await read(0);
  assert.deepEqual(whole.slice(0, 4), [
    [0, 0],
    [2, 200],
    [4, 800],
    [6, 1000],
  ]);
  assert.equal(whole.length, 8);
  assert.deepEqual(await read(4), whole.slice(2));
  assert.deepEqual(await read(5), whole.slice(3));
  assert.deepEqual(await read(16), []);
});

test(
  'a file that is no video: empty, text, absent, a folder, a picture of a sound',
  NEEDS_FFMPEG,
  async (context) => {
    const folder = await temporaryFolder(context);
    const refused = async (name: string, message: RegExp): Promise<void> => {
      const path = join(folder, name);
      for (const attempt of [() => probeVideo(path), () => all(videoFrames(path, 5, { everyNth: 1 }))])
        await assert.rejects(attempt(), (error: GlimpseError) => {
          assert.ok(error instanceof GlimpseError, String(error));
          assert.match(error.message, message);
          assert.ok(!error.message.includes('\n'), 'one line');
          return true;
        });
    };
    await writeFile(join(folder, 'text.mp4'), 'not a video');
    await refused('text.mp4', /text\.mp4 is not a readable video: /);
    await writeFile(join(folder, 'empty.mp4'), '');
    await refused('empty.mp4', /empty\.mp4 is empty \(0 bytes\)/);
    await refused('none.mp4', /none\.mp4 cannot be read \(ENOENT\)/);
    await refused('.', /is not a regular file/);
    execFileSync('ffmpeg', [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'sine=duration=1',
      join(folder, 'sound.mkv'),
    ]);
    await assert.rejects(probeVideo(join(folder, 'sound.mkv')), {
      code: 'bad-data',
      message: /no video stream/,
    });
  },
);

test('what names other files or addresses is refused, whatever its name', NEEDS_FFMPEG, async (context) => {
  const folder = await temporaryFolder(context);
  const secret = join(folder, 'secret.mkv');
  makeVideo('color=black:size=32x24:rate=5:duration=1', secret);
  const hostile = {
    'hls.m3u8': `#EXTM3U\n#EXTINF:1,\n${secret}\n#EXT-X-ENDLIST\n`,
    'hls.mp4': '#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n',
    'concat.mkv': `ffconcat version 1.0\nfile '${secret}'\n`,
    'dash.mpd':
      '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet><Representation><BaseURL>file:///etc/passwd</BaseURL></Representation></AdaptationSet></Period></MPD>',
    'session.sdp': 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\n',
  };
  for (const [name, content] of Object.entries(hostile)) {
    const path = join(folder, name);
    await writeFile(path, content);
    await assert.rejects(probeVideo(path), { code: 'bad-data' }, name);
    await assert.rejects(all(videoFrames(path, 5, { everyNth: 1 })), { code: 'bad-data' }, name);
  }
  // A name is never taken for a protocol.
  const odd = join(folder, 'concat:secret.mkv');
  await copyFile(secret, odd);
  assert.equal((await probeVideo(odd)).frames, 5);
});

test('a video that is cut short gives what it has, and says so', NEEDS_FFMPEG, async (context) => {
  const folder = await temporaryFolder(context);
  const video = join(folder, 'cut.mkv');
  makeVideo('testsrc=size=32x24:rate=5:duration=20', video);
  await truncate(video, Math.floor((await stat(video)).size / 2));
  const complaints: string[] = [];
  let frames = 0;
  const onEarlyEnd = (complaint: string): number => complaints.push(complaint);
  for await (const _ of videoFrames(video, 5, { everyNth: 1, onEarlyEnd })) frames++;
  assert.ok(frames > 20 && frames < 80, String(frames));
  assert.equal(complaints.length, 1);
  const beheaded = join(folder, 'beheaded.mp4');
  makeVideo('testsrc=size=32x24:rate=5:duration=4', beheaded, ['-c:v', 'mpeg4']);
  await truncate(beheaded, 500);
  await assert.rejects(probeVideo(beheaded), { code: 'bad-data', message: /is not a readable video/ });
});

test('a program that says nothing is not waited for without end', NEEDS_FFMPEG, async (context) => {
  const folder = await temporaryFolder(context);
  const video = join(folder, 'a.mkv');
  makeVideo('color=black:size=32x24:rate=5:duration=1', video);
  const silent = join(folder, 'silent');
  await writeFile(silent, '#!/bin/sh\nexec sleep 1000\n', { mode: 0o755 });
  const tools = { ffmpeg: silent, ffprobe: silent };
  await assert.rejects(all(videoFrames(video, 5, { everyNth: 1, tools, longestStallMs: 50 })), {
    code: 'bad-data',
    message: /gave nothing for 0\.05 s, so it was stopped/,
  });
});
