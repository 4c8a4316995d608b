// Messages that come and go; those with a way back stay longer.

export interface Toast {
  readonly id: number;
  readonly kind: 'info' | 'problem';
  readonly text: string;
  readonly action: { readonly label: string; readonly run: () => void } | null;
}

const SHOWN_MS = 6000;
const SHOWN_WITH_ACTION_MS = 15_000;
const MOST_SHOWN = 4;

export class Toasts {
  shown: readonly Toast[] = $state.raw([]);
  #last = 0;

  tell(text: string, action: Toast['action'] = null): void {
    this.#add('info', text, action);
  }

  warn(text: string, action: Toast['action'] = null): void {
    this.#add('problem', text, action);
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }

  #add(kind: Toast['kind'], text: string, action: Toast['action']): void {
    this.#last++;
    const id = this.#last;
    this.shown = [...this.shown, { id, kind, text, action }].slice(-MOST_SHOWN);
    setTimeout(() => this.dismiss(id), action === null ? SHOWN_MS : SHOWN_WITH_ACTION_MS);
  }
}
