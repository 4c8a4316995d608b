// Frames of a video file, by the ffmpeg on the PATH: every n-th one with its time, decoded outside this process.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { ensure, GlimpseError } from '../../common/errors.ts';
import { parseCapturedAt } from '../../datasets/sources/captured-at.ts';
import { decodeImage } from '../../imaging/decode.ts';
import type { RgbImage } from '../../imaging/image.ts';
import { DEFAULT_LIMITS, ensurePixelsAllowed } from '../../imaging/image-limits.ts';
import {
  askFfprobe,
  endOf,
  ensureVideoFile,
  GUARDED_INPUT,
  inputOf,
  lastLineOf,
  TOOLS_ON_PATH,
  type VideoTools,
} from './ffmpeg.ts';

export interface VideoFrame {
  /** In the video, from 0. */
  readonly index: number;
  /** Since the video's beginning. */
  readonly timeMs: number;
  readonly image: RgbImage;
}

export interface VideoFacts {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** Null where the container does not say. */
  readonly frames: number | null;
  /** What the container says of when it was made, milliseconds since 1970: often the end, or a wrong clock. */
  readonly madeAtMs: number | null;
}

export interface VideoReading {
  readonly everyNth: number;
  /** The first frame that is wanted; those before are decoded and dropped. */
  readonly from?: number;
  readonly tools?: VideoTools;
  /** Of silence after which ffmpeg is taken to hang. */
  readonly longestStallMs?: number;
  /** Called when the video ends before its time: what was read so far stands. */
  readonly onEarlyEnd?: (complaint: string) => void;
}

const LONGEST_PPM_HEADER = 64;
const LONGEST_STALL_MS = 120_000;

/** Throws `not-found`, `missing-runtime` without ffprobe, and `bad-data` for a file without a video stream or of too large frames. */
export async function probeVideo(path: string, tools = TOOLS_ON_PATH): Promise<VideoFacts> {
  await ensureVideoFile(path);
  const entries =
    'stream=width,height,avg_frame_rate,r_frame_rate,nb_frames,duration:format=duration:format_tags=creation_time';
  const words = ['-select_streams', 'v:0', '-show_entries', entries];
  const { streams = [], format } = (await askFfprobe(path, words, tools.ffprobe)) as {
    streams?: Record<string, string | number>[];
    format?: { duration?: string; tags?: { creation_time?: string } };
  };
  const [stream] = streams;
  ensure(stream !== undefined, 'bad-data', `${path} has no video stream`);
  const [width, height] = [Number(stream.width), Number(stream.height)];
  ensurePixelsAllowed(width, height, path, DEFAULT_LIMITS);
  const framesPerSecond = rateOf(stream.avg_frame_rate) ?? rateOf(stream.r_frame_rate);
  ensure(framesPerSecond !== null, 'bad-data', `${path} has no frame rate`);
  const seconds = Number(stream.duration ?? format?.duration);
  const counted = Number(stream.nb_frames);
  const guessed = counted > 0 ? counted : Math.round(seconds * framesPerSecond);
  const frames = guessed > 0 ? guessed : await countPackets(path, tools.ffprobe);
  const madeAtMs = parseCapturedAt(format?.tags?.creation_time ?? '');
  return { width, height, framesPerSecond, frames, madeAtMs };
}

/** A packet is a frame; counting them reads the file without decoding it. */
async function countPackets(path: string, program: string): Promise<number | null> {
  const words = ['-select_streams', 'v:0', '-count_packets', '-show_entries', 'stream=nb_read_packets'];
  const { streams = [] } = (await askFfprobe(path, words, program)) as { streams?: Record<string, string>[] };
  const packets = Number(streams[0]?.nb_read_packets);
  return packets > 0 ? packets : null;
}

/**
 * Every n-th frame, upright. Ends ffmpeg when the caller stops asking. Throws `bad-data` where there is no frame at all or ffmpeg
 * hangs; a video that is cut short gives what it has.
 */
export async function* videoFrames(
  path: string,
  framesPerSecond: number,
  reading: VideoReading,
): AsyncGenerator<VideoFrame> {
  const { everyNth, from = 0, tools = TOOLS_ON_PATH, longestStallMs = LONGEST_STALL_MS } = reading;
  await ensureVideoFile(path);
  const words = ['-nostdin', '-v', 'error', ...GUARDED_INPUT, '-i', inputOf(path), '-map', '0:v:0'];
  // The times go out through a third pipe: PPM has no room for them. A filter that prints needs something to print.
  const filters = `select=not(mod(n\\,${everyNth}))*gte(n\\,${from}),metadata=add:key=glimpse:value=1,metadata=print:file=pipe\\\\:3:direct=1`;
  const out = ['-vf', filters, '-fps_mode', 'passthrough', '-f', 'image2pipe', '-c:v', 'ppm', 'pipe:1'];
  const child = spawn(tools.ffmpeg, [...words, ...out], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const ended = endOf(child, tools.ffmpeg);
  // Heard below, when the frames are read; until then it must not count as unhandled.
  ended.catch(() => {});
  const [, stdout, stderr, timePipe] = child.stdio as unknown as [null, Readable, Readable, Readable];
  const complaint = lastLineOf(stderr, path);
  const times = readTimes(timePipe);
  const firstIndex = Math.ceil(from / everyNth) * everyNth;
  let count = 0;
  try {
    for await (const ppm of splitPpm(watchStalls(child, stdout, path, longestStallMs), path)) {
      const index = firstIndex + count * everyNth;
      const image = await decodeImage(ppm, `frame ${index} of ${path}`);
      const timeMs = (await times.of(count)) ?? Math.round((index * 1000) / framesPerSecond);
      yield { index, timeMs, image };
      count++;
    }
    const { code, signal } = await ended;
    const trouble = complaint() || (code === 0 ? '' : `ffmpeg ended with ${code ?? signal}`);
    ensure(signal === null, 'lost-process', `ffmpeg was ended by ${signal} while it read ${path}: try again`);
    ensure(count > 0 || from > 0 || code === 0, 'bad-data', `${path} is not a readable video: ${trouble}`);
    ensure(count > 0 || from > 0, 'bad-data', `${path} holds no frames`);
    if (trouble !== '') reading.onEarlyEnd?.(trouble);
  } finally {
    child.kill('SIGKILL');
  }
}

/**
 * Milliseconds of frame after frame, as the lines `frame:0 pts:8192 pts_time:0.8` say; null where the video has none. The line is
 * waited for, whichever pipe is quicker: times must not depend on chance.
 */
function readTimes(stream: Readable): { of(frame: number): Promise<number | null> } {
  const times = new Map<number, number | null>();
  let rest = '';
  let hasEnded = false;
  let wake = (): void => {};
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const match = /^frame:(\d+)\s.*pts_time:(\S+)/.exec(line);
      const seconds = Number(match?.[2]);
      if (match !== null)
        times.set(Number(match[1]), Number.isFinite(seconds) ? Math.round(seconds * 1000) : null);
    }
    wake();
  });
  stream.on('close', () => {
    hasEnded = true;
    wake();
  });
  return {
    of: async (frame) => {
      times.delete(frame - 1);
      while (!times.has(frame) && !hasEnded)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      return times.get(frame) ?? null;
    },
  };
}

/** The stream's chunks; ends ffmpeg and throws when it says nothing for too long while it is asked. */
async function* watchStalls(
  child: ChildProcess,
  stream: Readable,
  path: string,
  longestStallMs: number,
): AsyncGenerator<Buffer> {
  let hasStalled = false;
  const waitFor = (): NodeJS.Timeout =>
    setTimeout(() => {
      hasStalled = true;
      child.kill('SIGKILL');
    }, longestStallMs);
  let timer = waitFor();
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      clearTimeout(timer);
      yield chunk;
      timer = waitFor();
    }
  } finally {
    clearTimeout(timer);
  }
  if (hasStalled)
    throw new GlimpseError(
      'bad-data',
      `${path}: ffmpeg gave nothing for ${longestStallMs / 1000} s, so it was stopped`,
    );
}

/** The pictures of a stream of raw PPM files, one after the other: `P6 width height 255`, then the bytes. */
async function* splitPpm(stream: AsyncIterable<Buffer>, path: string): AsyncGenerator<Uint8Array> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let size: number | null = null;
  for await (const chunk of stream) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Joined once a picture is whole: joining at every chunk would copy a large frame a hundred times over.
    while (size === null ? bytes > 0 : bytes >= size) {
      const all = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      chunks = [all];
      size ??= sizeOfFirst(all, path);
      if (size === null || bytes < size) break;
      yield all.subarray(0, size);
      chunks = bytes === size ? [] : [all.subarray(size)];
      bytes -= size;
      size = null;
    }
  }
  // A frame that is cut off is left out: what came before it stands.
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

/** `30000/1001` → 29.97; null for no rate. */
function rateOf(text: string | number | undefined): number | null {
  const [numerator, denominator] = String(text ?? '')
    .split('/')
    .map(Number);
  const rate = numerator / denominator;
  return rate > 0 && Number.isFinite(rate) ? rate : null;
}
