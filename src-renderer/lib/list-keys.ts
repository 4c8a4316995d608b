// Keys of a list: arrows, Home, End, type-ahead. One row is in the tab order; focus moves with the keys.

const FORGET_TYPED_MS = 700;

/** Rows are the elements that match `selector`, in order; Enter and Space are the rows' own. Use as an attachment. */
export function listKeys(selector: string): (list: HTMLElement) => () => void {
  return (list) => {
    const typed = { text: '', atMs: 0 };
    const rows = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>(selector)];
    const focusRow = (row: HTMLElement | undefined): void => {
      if (row === undefined) return;
      for (const other of rows()) other.tabIndex = other === row ? 0 : -1;
      row.focus();
      row.scrollIntoView({ block: 'nearest' });
    };
    const onKey = (event: KeyboardEvent): void => {
      const all = rows();
      const at = all.indexOf(document.activeElement as HTMLElement);
      if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = rowFor(event.key, all, at) ?? typeAhead(event, all, at);
      if (target === null) return;
      event.preventDefault();
      focusRow(target);
    };
    function typeAhead(event: KeyboardEvent, all: HTMLElement[], at: number): HTMLElement | null {
      if (event.key.length !== 1 || event.key === ' ' || event.key === '?' || event.key === '/') return null;
      typed.text = event.timeStamp - typed.atMs > FORGET_TYPED_MS ? event.key : typed.text + event.key;
      typed.atMs = event.timeStamp;
      const wanted = typed.text.toLowerCase();
      // A single letter walks on; more letters may stay where they are.
      const start = typed.text.length === 1 ? at + 1 : at;
      const inOrder = [...all.slice(start), ...all.slice(0, start)];
      return inOrder.find((row) => (row.textContent ?? '').trim().toLowerCase().startsWith(wanted)) ?? null;
    }
    list.addEventListener('keydown', onKey);
    return () => list.removeEventListener('keydown', onKey);
  };
}

function rowFor(key: string, all: HTMLElement[], at: number): HTMLElement | null {
  if (key === 'ArrowDown') return all[Math.min(at + 1, all.length - 1)];
  if (key === 'ArrowUp') return all[Math.max(at - 1, 0)];
  if (key === 'Home') return all[0];
  if (key === 'End') return all[all.length - 1];
  return null;
}
