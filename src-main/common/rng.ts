// Seeded random numbers (sfc32). The state is four 32-bit words, so a checkpoint can hold it.

export type RngState = readonly [number, number, number, number];

/** Small fast counter generator by Chris Doty-Humphrey (PractRand); passes PractRand to 32 TB. */
export class Rng {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  private constructor(state: RngState) {
    [this.#a, this.#b, this.#c, this.#counter] = state;
  }

  /** A generator from any number of integers: the same integers give the same stream. */
  static seeded(...seeds: number[]): Rng {
    let hash = 0x9e3779b9;
    const words = [0, 0, 0];
    for (let word = 0; word < words.length; word++) {
      for (const seed of seeds) {
        hash = Math.imul(hash ^ (seed >>> 0), 0x85ebca6b);
        hash = Math.imul((hash ^ (hash >>> 13)) + (Math.floor(seed / 2 ** 32) >>> 0), 0xc2b2ae35);
        hash = (hash ^ (hash >>> 16)) >>> 0;
      }
      hash = (hash + 0x9e3779b9) >>> 0;
      words[word] = hash;
    }
    const rng = new Rng([words[0], words[1], words[2], 1]);
    for (let warmUp = 0; warmUp < 15; warmUp++) rng.uint32();
    return rng;
  }

  static fromState(state: RngState): Rng {
    return new Rng(state);
  }

  get state(): RngState {
    return [this.#a, this.#b, this.#c, this.#counter];
  }

  /** Uniform over 0 … 2³² − 1. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) >>> 0;
    this.#counter = (this.#counter + 1) >>> 0;
    this.#a = (this.#b ^ (this.#b >>> 9)) >>> 0;
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0;
    return sum;
  }

  /** Uniform over [0, 1). */
  next(): number {
    return this.uint32() / 4294967296;
  }

  /** Uniform integer over 0 … bound − 1. */
  int(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** Uniform over [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Standard normal (Box–Muller, one value of the pair). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** Fisher–Yates, in place; returns its argument. */
  shuffle<T extends { length: number; [index: number]: number }>(values: T): T {
    for (let last = values.length - 1; last > 0; last--) {
      const other = this.int(last + 1);
      const value = values[last];
      values[last] = values[other];
      values[other] = value;
    }
    return values;
  }
}
