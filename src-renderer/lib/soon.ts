// Work that many events ask for is done once, some time after the first of them.

export interface Soon {
  ask(): void;
  /** Forgets what was asked. */
  cancel(): void;
}

export function soon(afterMs: number, work: () => void): Soon {
  let timer: ReturnType<typeof setTimeout> | null = null;
  return {
    ask: () => {
      timer ??= setTimeout(() => {
        timer = null;
        work();
      }, afterMs);
    },
    cancel: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
