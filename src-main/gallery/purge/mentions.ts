// Names in texts that people wrote: found as whole words in any case, and replaced.

/** Stands where a name was. */
export const PURGED_TEXT = '[purged]';

const WORD = /[\p{L}\p{N}]+/gu;
const WORD_CHARACTER = /[\p{L}\p{N}]/u;

/** Shorter names are words like any other: they count only as a whole text. */
const SHORTEST_NAME_WITHIN = 3;

interface Mention {
  readonly start: number;
  readonly end: number;
}

/** Thousands of names in thousands of texts: one pass over each text. Paths count wherever they stand. */
export class Mentions {
  readonly #whole: ReadonlySet<string>;
  readonly #paths: readonly string[];
  /** Names by their first word in lower case, each with where that word starts in it. */
  readonly #byFirstWord = new Map<string, { readonly name: string; readonly offset: number }[]>();

  constructor(names: Iterable<string>, paths: Iterable<string>) {
    const all = [...new Set(names)].filter((name) => name !== '');
    this.#whole = new Set(all.map((name) => name.toLowerCase()));
    this.#paths = [...new Set(paths)].filter((path) => path.length >= SHORTEST_NAME_WITHIN);
    for (const name of all) {
      const [first] = name.matchAll(WORD);
      if (name.length < SHORTEST_NAME_WITHIN || first === undefined) continue;
      const key = first[0].toLowerCase();
      const known = this.#byFirstWord.get(key) ?? [];
      known.push({ name, offset: first.index });
      this.#byFirstWord.set(key, known);
    }
  }

  /** `Ann Lee` is in `with ann lee, 1999` and not in `Ann Leeds`. The text itself where nothing is mentioned. */
  replaceIn(text: string): string {
    if (this.#whole.has(text.trim().toLowerCase())) return PURGED_TEXT;
    let left = text;
    for (const path of this.#paths) if (left.includes(path)) left = left.replaceAll(path, PURGED_TEXT);
    let replaced = '';
    let from = 0;
    for (const { start, end } of this.#mentionsIn(left)) {
      if (start < from) continue;
      replaced += left.slice(from, start) + PURGED_TEXT;
      from = end;
    }
    return replaced + left.slice(from);
  }

  *#mentionsIn(text: string): Generator<Mention> {
    for (const word of text.matchAll(WORD)) {
      const candidates = this.#byFirstWord.get(word[0].toLowerCase()) ?? [];
      const found = candidates
        .map(({ name, offset }) => ({ name, start: word.index - offset }))
        .filter(({ name, start }) => start >= 0 && isAt(text, start, name))
        .map(({ name, start }) => ({ start, end: start + name.length }));
      // Of several names that start here the longest.
      const [longest] = found.sort((left, right) => right.end - left.end);
      if (longest !== undefined) yield longest;
    }
  }
}

function isAt(text: string, start: number, name: string): boolean {
  const end = start + name.length;
  if (text.slice(start, end).toLowerCase() !== name.toLowerCase()) return false;
  const [last] = name.match(/.$/su) ?? [''];
  const next = text.codePointAt(end);
  const goesOn = next !== undefined && WORD_CHARACTER.test(String.fromCodePoint(next));
  return !(WORD_CHARACTER.test(last) && goesOn);
}
