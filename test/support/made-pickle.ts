// Pickles opcode by opcode, for files that Python would not write.

const U8 = (value: number): Buffer => Buffer.from([value]);

/** Joins opcodes, raw bytes and text (latin-1). */
export function pickleOf(...parts: readonly (number | string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'number' ? U8(part) : typeof part === 'string' ? Buffer.from(part, 'latin1') : part,
    ),
  );
}

/** SHORT_BINBYTES or BINBYTES of some content. */
export function bytesOpcode(content: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return content.length < 256 ? pickleOf(0x43, content.length, content) : pickleOf(0x42, length, content);
}

/** `(images, flags)` in protocol 3, as Python's pickler writes it but for memo entries, which nothing refers to. */
export function pickledSet(images: readonly Uint8Array[], flags: readonly boolean[]): Buffer {
  const bytes = images.flatMap((image) => [bytesOpcode(image)]);
  return pickleOf(
    '\x80\x03',
    '](',
    ...bytes,
    'e',
    '](',
    ...flags.map((flag) => (flag ? 0x88 : 0x89)),
    'e',
    '\x86.',
  );
}
