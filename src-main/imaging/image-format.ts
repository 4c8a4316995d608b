// Which kind of image file some bytes are, by their first bytes and never by the file's name.

export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'tiff' | 'gif' | 'bmp' | 'pnm';

/** The format of the bytes, or null for anything that is not to be opened (SVG and PDF among it). */
export function sniffFormat(bytes: Uint8Array): ImageFormat | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16)).toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp';
  if (/^(II[*+]\0|MM\0[*+])/.test(text)) return 'tiff';
  if (/^GIF8[79]a/.test(text)) return 'gif';
  if (text.startsWith('BM')) return 'bmp';
  if (/^P[2356][\s#]/.test(text)) return 'pnm';
  return null;
}
