// All handlers of the contract; a channel without one is a type error.

import type { HandlerTable } from './dispatcher.ts';
import { appHandlers } from './handlers/app-handlers.ts';
import { benchmarkHandlers } from './handlers/benchmark-handlers.ts';
import { careHandlers } from './handlers/care-handlers.ts';
import { caseHandlers } from './handlers/case-handlers.ts';
import { enrolmentHandlers } from './handlers/enrolment-handlers.ts';
import { galleryBrowsingHandlers } from './handlers/gallery-browsing-handlers.ts';
import { galleryHandlers } from './handlers/gallery-handlers.ts';
import { modelHandlers } from './handlers/model-handlers.ts';
import { peopleHandlers } from './handlers/people-handlers.ts';
import { sampleHandlers } from './handlers/sample-handlers.ts';
import { searchHandlers } from './handlers/search-handlers.ts';
import { trainingHandlers } from './handlers/training-handlers.ts';
import type { HostServices } from './host-services.ts';

export function createHandlers(services: HostServices): HandlerTable {
  return {
    ...appHandlers(services),
    ...trainingHandlers(services),
    ...modelHandlers(services),
    ...benchmarkHandlers(services),
    ...galleryHandlers(services),
    ...galleryBrowsingHandlers(services),
    ...peopleHandlers(services),
    ...searchHandlers(services),
    ...sampleHandlers(services),
    ...caseHandlers(services),
    ...careHandlers(services),
    ...enrolmentHandlers(services),
  };
}
