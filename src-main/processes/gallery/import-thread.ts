// A worker thread that makes a new gallery of an export and ends: nobody has it open meanwhile.

import { workerData } from 'node:worker_threads';
import { importAsNew } from '../exports/gallery-import.ts';
import { serveTask } from './task-thread.ts';

/** What the thread is started with. */
export interface ImportTask {
  readonly source: string;
  readonly folder: string;
  readonly actor: string;
}

const { source, folder, actor } = workerData as ImportTask;

await serveTask((progress) => importAsNew(source, folder, { actor, now: Date.now }, progress));
