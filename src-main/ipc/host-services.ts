// What the handlers work with: built by the shell's host, handed in.

import type { AppFacts, Health } from '../contract/app.ts';
import type { EngineService } from '../processes/engine/engine-service.ts';
import type { ModelNames } from '../processes/engine/model-names.ts';
import type { EnrolmentDesk } from '../processes/enrolment/enrolment-desk.ts';
import type { NamedGalleries } from '../processes/gallery/named-galleries.ts';
import type { HostJobParams } from '../processes/host-jobs.ts';
import type { JobQueue } from '../processes/job-queue/job-queue.ts';
import type { SearchDesk } from '../processes/search/search-desk.ts';
import type { SettingsStore } from '../processes/settings-store.ts';
import type { Supervised } from '../processes/supervised.ts';
import type { Trash } from '../processes/trash.ts';

export interface HostServices {
  readonly facts: AppFacts;
  readonly settings: SettingsStore;
  /** Answers questions; never busy with a job. */
  readonly engine: Supervised<EngineService>;
  readonly galleries: NamedGalleries;
  readonly desk: SearchDesk;
  readonly enrolments: EnrolmentDesk;
  readonly modelNames: ModelNames;
  readonly queue: JobQueue<HostJobParams>;
  readonly trash: Trash;
  health(): Health;
  /** Starts engine and worker anew with the settings as they are. Throws `in-use` while a job runs. */
  restartEngine(): Promise<void>;
  onSettingsChange(): void;
}
