// The scanners of one thread, one per attached space.

import { assert } from '../../common/assert.ts';
import type { SpaceMessage } from './protocol.ts';
import { Scanner } from './scan.ts';

export class Scanners {
  readonly #scanners = new Map<number, Scanner>();

  apply(message: SpaceMessage): void {
    if (message.kind === 'attach') {
      const scanner = new Scanner(message.layout);
      for (const block of message.blocks) scanner.addBlock(block);
      this.#scanners.set(message.space, scanner);
    } else if (message.kind === 'grow') {
      this.of(message.space).addBlock(message.block);
    } else {
      this.#scanners.delete(message.space);
    }
  }

  of(space: number): Scanner {
    const scanner = this.#scanners.get(space);
    assert(scanner !== undefined, `space ${space} is attached`);
    return scanner;
  }
}
