// Looks at a record file of training pictures: every one is decoded while the file streams by.

import { GlimpseError, messageOf } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { decodeImage } from '../../imaging/decode.ts';
import { type LeftOut, printable } from '../entries.ts';
import { decodesInFlight } from '../image-report.ts';
import { fingerprintOfRecords, openMxnetFaces, parseImageRecord } from '../recordio/mxnet-faces.ts';
import type { ProtocolInspection } from './inspect-protocol.ts';

/** Streams a record file and decodes every picture in it; a cut-off record ends the reading and is named. */
export async function inspectRecords(path: string, progress: ProgressToken): Promise<ProtocolInspection> {
  const set = await openMxnetFaces(path);
  try {
    const faceAt = new Map(Array.from(set.offsets, (offset, face) => [offset, face]));
    const stage = progress.stage('inspect', set.offsets.length, 'pictures');
    const leftOut: LeftOut[] = [];
    let read = 0;
    let mislabelled = 0;
    const lanes = new Set<Promise<void>>();
    try {
      for await (const { offset, content } of set.file.records()) {
        progress.throwIfCancelled();
        const face = faceAt.get(offset);
        if (face === undefined) continue;
        read++;
        const name = set.faces.names[face];
        const { labels, picture } = parseImageRecord(content, name);
        if (labels[0] !== set.labels[face]) mislabelled++;
        const lane = decodeImage(picture, name).then(
          () => {},
          (error: unknown) => {
            leftOut.push({ path: name, reason: messageOf(error).replace(`${name} `, '') });
          },
        );
        lanes.add(lane);
        lane.finally(() => lanes.delete(lane));
        if (lanes.size >= 2 * decodesInFlight()) await Promise.race(lanes);
        stage.advance();
      }
    } catch (error) {
      if (!(error instanceof GlimpseError) || error.code !== 'bad-dataset') throw error;
      leftOut.push({ path: printable(path), reason: error.message });
    }
    await Promise.all(lanes);
    const missing = set.offsets.length - read;
    const notes = [...set.problems];
    if (mislabelled > 0)
      notes.push(`${mislabelled} pictures carry another label than their identity's record says`);
    if (missing > 0) notes.push(`${missing} of ${set.offsets.length} pictures were not reached`);
    return {
      kind: 'recordio',
      title: 'MXNet RecordIO',
      path,
      fingerprint: await fingerprintOfRecords(path),
      counts: {
        pictures: set.offsets.length,
        identities: set.identities,
        bytes: set.file.bytes,
        unreadable: leftOut.length,
      },
      notes,
      leftOut,
      refusal: null,
    };
  } finally {
    await set.close();
  }
}
