// MXNet record files as its own tools write them: MXRecordIO's framing, IRHeader, and insightface's record of bounds.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MAGIC = Buffer.from([0x0a, 0x23, 0xd7, 0xce]);

/** A record as dmlc's RecordIO writer frames it: content is cut where the magic number stands at a multiple of 4. */
export function framedRecord(content: Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const cuts: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    if (bytes.subarray(at, at + 4).equals(MAGIC)) cuts.push(at);
  }
  const starts = [0, ...cuts.map((cut) => cut + 4)];
  const ends = [...cuts, bytes.length];
  return Buffer.concat(
    starts.map((start, index) => {
      const part = starts.length === 1 ? 0 : index === 0 ? 1 : index === starts.length - 1 ? 3 : 2;
      return framedPart(bytes.subarray(start, ends[index]), part);
    }),
  );
}

function framedPart(content: Buffer, part: number): Buffer {
  const word = Buffer.alloc(4);
  word.writeUInt32LE(((part << 29) | content.length) >>> 0);
  return Buffer.concat([MAGIC, word, content, Buffer.alloc((4 - (content.length % 4)) % 4)]);
}

/** IRHeader and what follows it: one label in the header, several behind it. */
export function imageRecord(labels: readonly number[], id: number, picture: Uint8Array): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(labels.length === 1 ? 0 : labels.length, 0);
  header.writeFloatLE(labels.length === 1 ? labels[0] : 0, 4);
  header.writeBigUInt64LE(BigInt(id), 8);
  const behind = Buffer.alloc(labels.length === 1 ? 0 : labels.length * 4);
  if (labels.length > 1) for (const [index, label] of labels.entries()) behind.writeFloatLE(label, index * 4);
  return Buffer.concat([header, behind, picture]);
}

/** `train.rec`, `train.idx`, `property` for identities with these pictures each; returns the record file's path. */
export async function writeRecordSet(
  folder: string,
  identities: readonly (readonly Uint8Array[])[],
): Promise<string> {
  const pictures = identities.flatMap((own, label) => own.map((picture) => ({ picture, label })));
  const firstIdentity = pictures.length + 1;
  const records = [imageRecord([firstIdentity, firstIdentity + identities.length], 0, Buffer.alloc(0))];
  for (const { picture, label } of pictures) records.push(imageRecord([label], records.length, picture));
  let next = 1;
  for (const own of identities) {
    records.push(imageRecord([next, next + own.length], records.length, Buffer.alloc(0)));
    next += own.length;
  }
  const framed = records.map(framedRecord);
  let offset = 0;
  const lines = framed.map((record, index) => {
    const line = `${index}\t${offset}`;
    offset += record.length;
    return line;
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'train.rec'), Buffer.concat(framed));
  await writeFile(join(folder, 'train.idx'), `${lines.join('\n')}\n`);
  await writeFile(join(folder, 'property'), `${identities.length},112,112`);
  return join(folder, 'train.rec');
}
