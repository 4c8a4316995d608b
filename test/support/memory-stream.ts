// A stream that keeps what is written to it, in the place of stdout or stderr.

import { Writable } from 'node:stream';

export class MemoryStream extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** The same, typed as a terminal stream that is not one. */
export function memoryStream(): MemoryStream & NodeJS.WriteStream {
  return new MemoryStream() as MemoryStream & NodeJS.WriteStream;
}
