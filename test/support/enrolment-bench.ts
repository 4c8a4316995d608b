// The window's enrolment without a window: the real engine and gallery processes, over the wire that Electron's host speaks.

import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { EnrolmentAsked } from '../../src-main/contract/enrolment.ts';
import type { EngineService } from '../../src-main/processes/engine/engine-service.ts';
import { ModelNames } from '../../src-main/processes/engine/model-names.ts';
import { engineEnvironment } from '../../src-main/processes/engine-environment.ts';
import { EnrolmentDesk } from '../../src-main/processes/enrolment/enrolment-desk.ts';
import { GalleryModels } from '../../src-main/processes/gallery/gallery-models.ts';
import { GALLERY_PROGRAM } from '../../src-main/processes/gallery/gallery-program.ts';
import type { GalleryService } from '../../src-main/processes/gallery/gallery-service.ts';
import { NamedGalleries } from '../../src-main/processes/gallery/named-galleries.ts';
import { nodeLauncher } from '../../src-main/processes/launcher.ts';
import { Supervised } from '../../src-main/processes/supervised.ts';
import { TEACHER } from './window-home.ts';

const ENGINE = fileURLToPath(new URL('../../src-main/processes/engine/engine-process.ts', import.meta.url));

export interface EnrolmentBench {
  readonly engine: Supervised<EngineService>;
  readonly galleries: NamedGalleries;
  readonly desk: EnrolmentDesk;
}

export function startEnrolments(context: TestContext, home: string): EnrolmentBench {
  const launch = nodeLauncher(process.execPath, 'json');
  const environment = { ...engineEnvironment({ ...process.env, GLIMPSE_DEVICE: 'cpu' }), GLIMPSE_HOME: home };
  const engine = new Supervised<EngineService>(
    launch,
    () => ({ name: 'the engine', entry: ENGINE, words: ['engine'], environment }),
    (client) => client.call('hello', null),
    () => {},
  );
  const gallery = new Supervised<GalleryService>(
    launch,
    () => GALLERY_PROGRAM,
    (client) => client.call('hello', null),
    () => {},
  );
  context.after(() => Promise.all([engine.stop(), gallery.stop()]));
  const galleries = new NamedGalleries(gallery, home, 'tester');
  const models = new GalleryModels(galleries, new ModelNames(engine));
  return { engine, galleries, desk: new EnrolmentDesk({ engine, galleries, models }) };
}

/** By the tiny teacher, into a gallery `door`. */
export function askFor(
  path: string,
  reading: EnrolmentAsked['reading'],
  change: Partial<EnrolmentAsked> = {},
): EnrolmentAsked {
  return {
    gallery: 'door',
    paths: [path],
    reading,
    subjects: 'folder',
    anywhere: false,
    camera: null,
    student: null,
    teacher: TEACHER,
    frames: { framesPerSecond: null, everyNth: 1, startedAtMs: null, leastChange: 6 },
    ...change,
  };
}
