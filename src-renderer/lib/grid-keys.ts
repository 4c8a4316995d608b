// Where a key leads in a grid of cards: its columns are as many as fit.

/** The new place, or null for another key. Cards are the elements with `data-card`. */
export function gridStep(key: string, at: number, grid: HTMLElement): number | null {
  const cards = [...grid.querySelectorAll<HTMLElement>('[data-card]')];
  const last = cards.length - 1;
  const columns = columnsOf(cards);
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - columns,
    ArrowDown: at + columns,
    PageUp: at - 3 * columns,
    PageDown: at + 3 * columns,
    Home: 0,
    End: last,
  };
  const to = steps[key];
  if (to === undefined) return null;
  if (key === 'ArrowUp' && to < 0) return at;
  return Math.max(0, Math.min(last, to));
}

function columnsOf(cards: readonly HTMLElement[]): number {
  const top = cards[0]?.getBoundingClientRect().top;
  const second = cards.findIndex((card) => card.getBoundingClientRect().top !== top);
  return second === -1 ? Math.max(1, cards.length) : second;
}
