// A trained student made ready: found by run name or path, loaded, with the statistics it is to use.

import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ensure, GlimpseError } from '../../common/errors.ts';
import { sha256OfFile } from '../../common/files.ts';
import {
  loadProfile,
  type Profile,
  type ProfileFile,
  parseProfile,
} from '../../engine/adaptation/profile-file.ts';
import { IResNet } from '../../engine/models/iresnet.ts';
import { Parameters } from '../../engine/models/parameters.ts';
import { planNetwork, planParameters } from '../../engine/models/plan.ts';
import { loadNetwork, type TrainedNetwork } from '../../engine/models/student-file.ts';
import type { Runtime } from '../../engine/runtime/load.ts';
import { findRun, runNames } from '../../engine/training/run-folder.ts';

export interface OpenStudent {
  readonly path: string;
  readonly digest: string;
  readonly trained: TrainedNetwork;
  readonly network: IResNet;
  readonly profile: Profile | null;
  dispose(): void;
}

/** `reference` is a run's name, a run's folder or a network file; names are looked up under the data folder. The profile: by path, or as read. */
export async function openStudent(
  runtime: Runtime,
  reference: string,
  options: { dataFolder: string; callerFolder: string; profile: string | ProfileFile | null },
): Promise<OpenStudent> {
  const path = await findStudentFile(reference, options.dataFolder, options.callerFolder);
  const [trained, digest] = [await loadNetwork(path), await sha256OfFile(path)];
  const plan = planNetwork(trained.card.spec);
  const parameters = new Parameters(runtime, planParameters(plan), trained.parameters);
  const network = new IResNet(runtime, plan, parameters);
  const dispose = () => {
    network.dispose();
    parameters.dispose();
  };
  const profile =
    typeof options.profile === 'string'
      ? await loadProfile(options.profile, trained, digest)
      : options.profile && parseProfile(options.profile, trained, digest);
  return { path, digest, trained, network, profile, dispose };
}

/** The network file of a run or of a path, as in `openStudent`. Throws `not-found`, with the runs there are. */
export async function findStudentFile(
  reference: string,
  dataFolder: string,
  callerFolder: string,
): Promise<string> {
  const asPath = resolve(callerFolder, reference);
  if (existsSync(asPath) && statSync(asPath).isFile()) return asPath;
  const run = findRun(reference, dataFolder, callerFolder);
  if (run === null) {
    throw new GlimpseError(
      'not-found',
      `there is no student ${reference}: neither a file nor a run (runs: ${await runNames(dataFolder)})`,
    );
  }
  ensure(
    existsSync(run.networkPath),
    'not-found',
    `run ${run.name} has not finished training: go on with \`glimpse train --resume --run ${reference}\``,
  );
  return run.networkPath;
}
