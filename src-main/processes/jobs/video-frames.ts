// Frames of a video file, by the ffmpeg on the PATH: every n-th one, decoded outside this process.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { ensure, GlimpseError, systemCode } from '../../common/errors.ts';
import { decodeImage } from '../../imaging/decode.ts';
import type { RgbImage } from '../../imaging/image.ts';

export interface VideoFrame {
  /** In the video, from 0. */
  readonly index: number;
  readonly image: RgbImage;
}

export interface VideoFacts {
  readonly framesPerSecond: number;
  /** Null where the container does not say. */
  readonly frames: number | null;
}

export interface VideoTools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

export const TOOLS_ON_PATH: VideoTools = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };

/** A playlist from outside must not make ffmpeg read the network. */
const LOCAL_ONLY = ['-protocol_whitelist', 'file,pipe'];
const LONGEST_PPM_HEADER = 64;

/** Throws `missing-runtime` without ffprobe and `bad-data` for a file without a video stream. */
export async function probeVideo(path: string, tools = TOOLS_ON_PATH): Promise<VideoFacts> {
  const words = ['-v', 'error', ...LOCAL_ONLY, '-select_streams', 'v:0', '-of', 'json'];
  const entries = 'stream=avg_frame_rate,nb_frames,duration:format=duration';
  const output = await outputOf(tools.ffprobe, [...words, '-show_entries', entries, inputOf(path)], path);
  const { streams = [], format } = JSON.parse(output) as {
    streams?: { avg_frame_rate?: string; nb_frames?: string; duration?: string }[];
    format?: { duration?: string };
  };
  const [stream] = streams;
  ensure(stream !== undefined, 'bad-data', `${path} has no video stream`);
  const [numerator, denominator] = (stream.avg_frame_rate ?? '').split('/').map(Number);
  const framesPerSecond = numerator / denominator;
  ensure(framesPerSecond > 0, 'bad-data', `${path} has no frame rate`);
  const seconds = Number(stream.duration ?? format?.duration);
  const counted = Number(stream.nb_frames);
  const frames = counted > 0 ? counted : Math.round(seconds * framesPerSecond);
  return { framesPerSecond, frames: frames > 0 ? frames : null };
}

/** Every `everyNth` frame from the first on, upright. Ends ffmpeg when the caller stops asking. */
export async function* videoFrames(
  path: string,
  everyNth: number,
  tools = TOOLS_ON_PATH,
): AsyncGenerator<VideoFrame> {
  const words = ['-nostdin', '-v', 'error', ...LOCAL_ONLY, '-i', inputOf(path), '-map', '0:v:0'];
  const picked = ['-vf', `select=not(mod(n\\,${everyNth}))`, '-fps_mode', 'passthrough'];
  const child = spawn(tools.ffmpeg, [...words, ...picked, '-f', 'image2pipe', '-c:v', 'ppm', '-'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  // Heard below, when the frames are read; until then it must not count as unhandled.
  ended.catch(() => {});
  const complaint = lastLineOf(child.stderr);
  try {
    let count = 0;
    for await (const ppm of splitPpm(child.stdout, path)) {
      yield {
        index: count * everyNth,
        image: await decodeImage(ppm, `frame ${count * everyNth} of ${path}`),
      };
      count++;
    }
    const [code] = await ended.catch((error: unknown) => {
      throw asMissingTool(error, tools.ffmpeg);
    });
    ensure(
      code === 0,
      'bad-data',
      `${path} is not a readable video: ${complaint() || `ffmpeg ended with ${code}`}`,
    );
    ensure(count > 0, 'bad-data', `${path} holds no frames`);
  } finally {
    child.kill();
  }
}

/** The pictures of a stream of raw PPM files, one after the other: `P6 width height 255`, then the bytes. */
async function* splitPpm(stream: Readable, path: string): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (
      let size = sizeOfFirst(rest, path);
      size !== null && rest.length >= size;
      size = sizeOfFirst(rest, path)
    ) {
      yield rest.subarray(0, size);
      rest = rest.subarray(size);
    }
  }
  ensure(rest.length === 0, 'bad-data', `${path}: ffmpeg ended in the middle of a frame`);
}

/** Null where the header is not all there yet. */
function sizeOfFirst(bytes: Buffer, path: string): number | null {
  const head = bytes.toString('latin1', 0, LONGEST_PPM_HEADER);
  const match = /^P6\s(\d+)\s(\d+)\s255\s/.exec(head);
  if (match !== null) return match[0].length + Number(match[1]) * Number(match[2]) * 3;
  ensure(
    bytes.length < LONGEST_PPM_HEADER,
    'bad-data',
    `${path}: ffmpeg gave something that is no PPM picture`,
  );
  return null;
}

/** `file:` keeps a name such as `http:…` or `concat:…` from being taken for a protocol. */
function inputOf(path: string): string {
  return `file:${resolve(path)}`;
}

async function outputOf(program: string, words: readonly string[], path: string): Promise<string> {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const complaint = lastLineOf(child.stderr);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = await once(child, 'close').catch((error: unknown) => {
    throw asMissingTool(error, program);
  });
  ensure(code === 0, 'bad-data', `${path} is not a readable video: ${complaint()}`);
  return output;
}

function lastLineOf(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-2000);
  });
  return () => text.trim().split('\n').at(-1) ?? '';
}

function asMissingTool(error: unknown, program: string): unknown {
  if (systemCode(error) !== 'ENOENT') return error;
  return new GlimpseError(
    'missing-runtime',
    `${program} is not on the PATH: install ffmpeg (on Debian \`apt install ffmpeg\`), or enrol a folder of frames`,
    { cause: error },
  );
}
