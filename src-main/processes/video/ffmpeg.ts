// ffmpeg and ffprobe as they are called for files from outside: no shell, local files only, known containers only, within limits.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { ensure, GlimpseError, systemCode } from '../../common/errors.ts';
import { DEFAULT_LIMITS } from '../../imaging/image-limits.ts';

export interface VideoTools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

export const TOOLS_ON_PATH: VideoTools = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };

/** Playlists (hls, dash, concat, image2, sdp) name other files and addresses; none of these containers does. */
const CONTAINERS = [
  ...['mov', 'mp4', 'matroska', 'webm', 'avi', 'mpegts', 'mpeg', 'mpegvideo', 'h264', 'hevc', 'm4v', 'mjpeg'],
  ...['asf', 'flv', 'ogg', 'mxf', 'wtv', 'dhav', 'ivf', 'nut', 'obu', 'av1', 'dv', 'gif'],
];

/** What comes before `-i`: options of the input. A single block of memory that a damaged header asks for stays below 1 GiB. */
export const GUARDED_INPUT = [
  ...['-max_alloc', String(2 ** 30)],
  ...['-protocol_whitelist', 'file,pipe', '-format_whitelist', CONTAINERS.join(',')],
  ...['-max_pixels', String(DEFAULT_LIMITS.maxPixels)],
];
const GUARDED_PROBE = GUARDED_INPUT.slice(2);

const LONGEST_PROBE_MS = 60_000;
const MOST_PROBE_TEXT = 2 ** 20;

/** `file:` keeps a name such as `http:…` or `concat:…` from being taken for a protocol. */
export function inputOf(path: string): string {
  return `file:${resolve(path)}`;
}

/** Throws `not-found`, and `bad-data` for what is no regular file or empty: a pipe would be waited for without end. */
export async function ensureVideoFile(path: string): Promise<void> {
  const status = await stat(path).catch((error: unknown) => {
    throw new GlimpseError('not-found', `${path} cannot be read (${systemCode(error)})`, { cause: error });
  });
  ensure(status.isFile(), 'bad-data', `${path} is not a regular file`);
  ensure(status.size > 0, 'bad-data', `${path} is empty (0 bytes)`);
}

/** What ffprobe says of a file, as JSON. Throws `missing-runtime` without ffprobe and `bad-data` for no video. */
export async function askFfprobe(path: string, words: readonly string[], program: string): Promise<unknown> {
  const child = spawn(program, ['-v', 'error', ...GUARDED_PROBE, ...words, '-of', 'json', inputOf(path)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_PROBE_MS,
    killSignal: 'SIGKILL',
  });
  const complaint = lastLineOf(child.stderr, path);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.length > MOST_PROBE_TEXT) child.kill('SIGKILL');
  });
  const { code, signal } = await endOf(child, program);
  ensure(
    signal === null,
    'bad-data',
    `${path} is not a readable video: looking at it took too long or gave too much`,
  );
  ensure(
    code === 0,
    'bad-data',
    `${path} is not a readable video: ${complaint() || `ffprobe ended with ${code}`}`,
  );
  return JSON.parse(output);
}

/** Waits for the end. Throws `missing-runtime` where the program could not be started. */
export async function endOf(
  child: ChildProcess,
  program: string,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const [code, signal] = await once(child, 'close').catch((error: unknown) => {
    throw asMissingTool(error, program);
  });
  return { code, signal };
}

/** The last thing a program said, on one line and without the machine's path. */
export function lastLineOf(stream: Readable, path: string): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-2000);
  });
  return () =>
    (text.trim().split('\n').at(-1) ?? '')
      .replaceAll(inputOf(path), 'it')
      .replace(/^\[[^\]]*\]\s*/, '')
      .replace(/\s+/g, ' ');
}

function asMissingTool(error: unknown, program: string): unknown {
  if (systemCode(error) !== 'ENOENT') return error;
  return new GlimpseError(
    'missing-runtime',
    `${program} is not on the PATH: install ffmpeg (on Debian \`apt install ffmpeg\`), or enrol a folder of frames`,
    { cause: error },
  );
}
