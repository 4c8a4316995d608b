// Which run or teacher a digest belongs to: asked of the engine once, and again when a digest is new.

import type { Supervised } from '../supervised.ts';
import type { EngineService } from './engine-service.ts';

export interface NamedModel {
  readonly kind: 'student' | 'teacher';
  readonly name: string;
}

export class ModelNames {
  readonly #engine: Supervised<EngineService>;
  #known: Promise<ReadonlyMap<string, NamedModel>> | null = null;

  constructor(engine: Supervised<EngineService>) {
    this.#engine = engine;
  }

  /** Digest to model; a digest that no model here has is absent. A model that was deleted since is found to be so when it is opened. */
  async of(digests: readonly string[]): Promise<ReadonlyMap<string, NamedModel>> {
    this.#known ??= this.#read();
    const known = await this.#known;
    if (digests.every((digest) => known.has(digest))) return known;
    this.#known = this.#read();
    return this.#known;
  }

  #read(): Promise<ReadonlyMap<string, NamedModel>> {
    const reading = this.#engine.call('models', null).then(({ students, teachers }) => {
      const named = new Map<string, NamedModel>();
      for (const { digest, name } of students) named.set(digest, { kind: 'student', name });
      for (const { digest, name } of teachers) named.set(digest, { kind: 'teacher', name });
      return named;
    });
    // What could not be read is read again the next time.
    reading.catch(() => {
      this.#known = null;
    });
    return reading;
  }
}
