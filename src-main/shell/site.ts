// What a window may load, in either shell: the built renderer's files, and pictures by their hash. One policy for all of it.

import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { sniffFormat } from '../imaging/image-format.ts';

export interface SiteResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Site {
  /** `path` as it came in the address, still encoded. */
  respond(path: string): Promise<SiteResponse>;
}

/** No source but the site itself; nothing inline, no plug-in, no frame around it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const IMAGES = '/images/';

/** A picture's file or its bytes, by its name below `/images/`; null for every other name. PNG or JPEG. */
export type FindImage = (name: string) => Promise<string | Uint8Array | null>;

export function createSite(rendererFolder: string, findImage: FindImage): Site {
  return {
    respond: async (path) => {
      const name = decoded(path);
      if (name === null) return refusal(400, 'not an address');
      const isImage = name.startsWith(IMAGES);
      const file = isImage
        ? await findImage(name.slice(IMAGES.length))
        : await findRendererFile(rendererFolder, name);
      if (file === null) return refusal(404, 'not found');
      const body = typeof file === 'string' ? await readFile(file) : file;
      const headers = {
        ...SAFE_HEADERS,
        'content-type': isImage ? pictureType(body) : TYPES[extname(String(file))],
        'cache-control': isImage ? 'no-store' : cachingOf(name),
      };
      return { status: 200, headers, body };
    },
  };
}

/** A built file's name has its hash. Pictures are in no browser's cache: what is purged has to be gone. */
function cachingOf(name: string): string {
  return name.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache';
}

function pictureType(content: Uint8Array): string {
  return sniffFormat(content) === 'jpeg' ? 'image/jpeg' : TYPES['.png'];
}

export function refusal(status: number, reason: string): SiteResponse {
  const headers = {
    ...SAFE_HEADERS,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  };
  return { status, headers, body: Buffer.from(`${reason}\n`) };
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

/** A file of a known type inside the folder, links followed; `/` is the page itself. */
async function findRendererFile(folder: string, name: string): Promise<string | null> {
  const path = name === '/' ? 'index.html' : name.slice(1);
  if (path.includes('\0') || TYPES[extname(path)] === undefined) return null;
  try {
    const [root, file] = [await realpath(folder), await realpath(join(folder, path))];
    return file.startsWith(root + sep) ? file : null;
  } catch {
    return null;
  }
}
