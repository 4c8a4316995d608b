// What a person has set, kept in settings.json: read once, written whole.

import { join } from 'node:path';
import * as v from 'valibot';
import { readJsonFile, writeFileAtomically } from '../common/files.ts';
import { type AppSettings, appSettings, DEFAULT_SETTINGS } from '../contract/app.ts';

export class SettingsStore {
  readonly #path: string;
  #current: AppSettings;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(path: string, current: AppSettings) {
    this.#path = path;
    this.#current = current;
  }

  /** A file that is absent, damaged or of another time gives what it can; the rest is the default. */
  static async open(dataFolder: string, onProblem: (error: unknown) => void): Promise<SettingsStore> {
    const path = join(dataFolder, 'settings.json');
    const stored = await readJsonFile(path).catch((error: unknown) => {
      onProblem(error);
      return null;
    });
    return new SettingsStore(path, { ...DEFAULT_SETTINGS, ...usable(stored) });
  }

  get current(): AppSettings {
    return this.#current;
  }

  /** One after the other: two at once would share a temporary file, and the later would undo the earlier. */
  change(change: Partial<AppSettings>): Promise<AppSettings> {
    const changed = this.#writing.then(() => this.#write({ ...this.#current, ...change }));
    this.#writing = changed.catch(() => {});
    return changed;
  }

  async #write(next: AppSettings): Promise<AppSettings> {
    await writeFileAtomically(this.#path, `${JSON.stringify(next, null, 2)}\n`);
    this.#current = next;
    return next;
  }
}

function usable(stored: unknown): Partial<AppSettings> {
  if (typeof stored !== 'object' || stored === null) return {};
  const kept = Object.entries(stored).filter(([key, value]) => {
    const schema = Object.hasOwn(appSettings.entries, key)
      ? appSettings.entries[key as keyof AppSettings]
      : null;
    return schema !== null && v.is(schema, value);
  });
  return Object.fromEntries(kept);
}
