// A small service for the tests of calls between processes.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { GlimpseError } from '../../src-main/common/errors.ts';
import type { Handlers } from '../../src-main/processes/rpc/methods.ts';

export interface CountingService {
  readonly methods: {
    readonly double: { readonly params: { readonly value: number }; readonly result: number };
    readonly echo: { readonly params: Float32Array; readonly result: Float32Array };
    /** One step a turn, until it is cancelled or there. */
    readonly count: { readonly params: { readonly to: number }; readonly result: number };
    readonly fail: { readonly params: { readonly isExpected: boolean }; readonly result: never };
  };
  readonly events: { readonly tick: number };
}

export function countingHandlers(): Handlers<CountingService> {
  return {
    double: ({ value }) => value * 2,
    echo: (values) => values,
    count: async ({ to }, progress) => {
      const stage = progress.stage('counting', to, 'steps');
      for (let step = 0; step < to; step++) {
        progress.throwIfCancelled();
        await nextTurn();
        stage.advance();
      }
      return to;
    },
    fail: ({ isExpected }) => {
      throw isExpected ? new GlimpseError('bad-data', 'the number is odd') : new RangeError('out of range');
    },
  };
}
