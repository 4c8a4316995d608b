// A training run in a process of its own, which may kill itself or be kept from writing: run folder, mode.
// `kill`: checkpoints every third step and dies by SIGKILL one step after the third of them. `resume`: goes on from the last checkpoint.

import { messageOf } from '../../src-main/common/errors.ts';
import { loadRuntime } from '../../src-main/engine/runtime/load.ts';
import { checkpointPath, loadCheckpoint } from '../../src-main/engine/training/checkpoint.ts';
import { RunFolder } from '../../src-main/engine/training/run-folder.ts';
import { train } from '../../src-main/engine/training/train.ts';
import { tinyData, tinyJob, tinySettings } from './tiny-training.ts';

const [folder, mode] = process.argv.slice(2);
const runtime = loadRuntime();
const run = new RunFolder(folder);
try {
  const outcome = await train(
    runtime,
    tinyJob(await tinyData(runtime), folder, {
      settings: tinySettings({ checkpointEverySteps: 3 }),
      resumeFrom: mode === 'resume' ? await loadCheckpoint(checkpointPath(folder, 'last')) : null,
      onEvent: async (event) => {
        await run.append(event);
        // Steps are reported after the tenth; the last checkpoint then is that of the ninth.
        if (mode === 'kill' && event.kind === 'step') process.kill(process.pid, 'SIGKILL');
      },
    }),
  );
  process.stdout.write(outcome.reason);
} catch (error) {
  process.stdout.write(messageOf(error));
  process.exitCode = 1;
}
