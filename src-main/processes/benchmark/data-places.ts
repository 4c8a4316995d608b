// Where the data of each benchmark lie on this machine, kept in the data folder, and whether they are there.

import { join } from 'node:path';
import { messageOf } from '../../common/errors.ts';
import { readJsonFile, writeFileAtomically } from '../../common/files.ts';
import { BENCHMARK_NAMES, type BenchmarkData, type BenchmarkName } from '../../contract/benchmarks.ts';
import { ensureProtocolForm, PROTOCOL_FORMS, takenBy } from '../../datasets/protocols/open-protocol.ts';
import { benchmarksFolder } from './benchmark-folder.ts';

type Places = Partial<Record<BenchmarkName, string>>;

export class DataPlaces {
  readonly #path: string;

  constructor(dataFolder: string) {
    this.#path = join(benchmarksFolder(dataFolder), 'data.json');
  }

  /** Looks for the path alone; what lies there is read by a plan. */
  async list(): Promise<BenchmarkData[]> {
    const places = await this.#read();
    return Promise.all(
      BENCHMARK_NAMES.map(async (protocol) => {
        const path = places[protocol] ?? null;
        const problem =
          path === null ? null : await ensureProtocolForm(protocol, path).then(() => null, messageOf);
        return { protocol, form: PROTOCOL_FORMS[protocol], ...takenBy(protocol), path, problem };
      }),
    );
  }

  async locate(protocol: BenchmarkName, path: string | null): Promise<void> {
    const { [protocol]: _, ...others } = await this.#read();
    const places = path === null ? others : { ...others, [protocol]: path };
    await writeFileAtomically(this.#path, `${JSON.stringify(places, null, 2)}\n`);
  }

  /** A damaged file names no places: they are asked for anew. */
  async #read(): Promise<Places> {
    const value: unknown = await readJsonFile(this.#path).catch(() => null);
    const entries = Object.entries(typeof value === 'object' && value !== null ? value : {});
    return Object.fromEntries(entries.filter(([, path]) => typeof path === 'string')) as Places;
  }
}
