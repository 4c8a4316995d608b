// One end's numbering: what goes out is counted, what comes in is checked.

import { isEnvelope, type Message } from './messages.ts';
import type { Transport } from './transport.ts';

export class Connection {
  readonly #transport: Transport;
  #sent = 0;
  #received = 0;

  /** A value that is no envelope, or out of sequence, closes the connection: nothing after it can be trusted. */
  constructor(
    transport: Transport,
    onMessage: (message: Message) => void,
    onClose: (reason: string) => void,
  ) {
    this.#transport = transport;
    transport.onClose(onClose);
    transport.onValue((value) => {
      if (!isEnvelope(value) || value.sequence !== this.#received + 1) {
        transport.close();
        onClose('sent something out of sequence');
        return;
      }
      this.#received = value.sequence;
      onMessage(value.message);
    });
  }

  send(message: Message): void {
    this.#sent++;
    this.#transport.send({ sequence: this.#sent, message });
  }

  close(): void {
    this.#transport.close();
  }
}
