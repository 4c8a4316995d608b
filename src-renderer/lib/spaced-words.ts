// Names of counts as words: `genuinePairs` → `genuine pairs`.

export function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
