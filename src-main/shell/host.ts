// The host: builds what the handlers work with, and passes on what the processes announce. It computes nothing and loads no
// native module; both shells run the same one.

import { mkdir } from 'node:fs/promises';
import { homedir, totalmem, userInfo } from 'node:os';
import { join } from 'node:path';
import { ensure } from '../common/errors.ts';
import { holdFile } from '../common/holder.ts';
import type { AppFacts, EngineFacts, Health, ProcessName } from '../contract/app.ts';
import type { EventName, Events } from '../contract/events.ts';
import { Dispatcher } from '../ipc/dispatcher.ts';
import { createHandlers } from '../ipc/handlers.ts';
import type { HostServices } from '../ipc/host-services.ts';
import { findImageFile } from '../ipc/image-files.ts';
import type { EngineService } from '../processes/engine/engine-service.ts';
import { ModelNames } from '../processes/engine/model-names.ts';
import { chosenEnvironment, engineEnvironment } from '../processes/engine-environment.ts';
import { EnrolmentDesk } from '../processes/enrolment/enrolment-desk.ts';
import { GalleryModels } from '../processes/gallery/gallery-models.ts';
import type { GalleryService } from '../processes/gallery/gallery-service.ts';
import { NamedGalleries } from '../processes/gallery/named-galleries.ts';
import { hostJobs } from '../processes/host-jobs.ts';
import { JobQueue } from '../processes/job-queue/job-queue.ts';
import type { Launcher } from '../processes/launcher.ts';
import type { Client } from '../processes/rpc/client.ts';
import { ProbeShelf } from '../processes/search/probe-shelf.ts';
import { SearchDesk } from '../processes/search/search-desk.ts';
import { SettingsStore } from '../processes/settings-store.ts';
import { Supervised } from '../processes/supervised.ts';
import { Trash } from '../processes/trash.ts';
import type { FindImage } from './site.ts';

export interface HostOptions {
  /** Where `src-main` lies. */
  readonly root: string;
  readonly dataFolder: string;
  readonly launch: Launcher;
  /** Prints an HTML file as PDF, where the shell can; else an installed Chromium does. */
  readonly print?: (htmlPath: string, pdfPath: string) => Promise<void>;
  readonly about: Pick<AppFacts, 'version' | 'shell' | 'runtime' | 'processors'>;
  /** Hears what nobody foresaw, for the log. */
  readonly onUnexpected: (where: string, error: unknown) => void;
}

export type EventSink = <E extends EventName>(event: E, value: Events[E]) => void;

export interface Host {
  readonly dispatcher: Dispatcher;
  /** Every window listens here; returns what ends the listening. */
  onEvent(sink: EventSink): () => void;
  findImage: FindImage;
  /** Saves what can be resumed, ends the processes. */
  close(): Promise<void>;
}

const sayHelloToEngine = (client: Client<EngineService>): Promise<unknown> => client.call('hello', null);
const sayHelloToGallery = (client: Client<GalleryService>): Promise<unknown> => client.call('hello', null);

/** Probes are in memory alone. */
const PROBE_IMAGE = /^probes\/([0-9a-f]{64})$/;

const BUSY_STATES = ['queued', 'running', 'pausing', 'stopping'];

/** Throws `in-use` while another Glimpse has the data folder open. */
export async function openHost(options: HostOptions): Promise<Host> {
  const { root, dataFolder, launch, about, onUnexpected } = options;
  await mkdir(dataFolder, { recursive: true });
  const letGo = holdFile(join(dataFolder, 'window.lock'), `the data folder ${dataFolder}`);
  const sinks = new Set<EventSink>();
  const emit: EventSink = (event, value) => {
    for (const sink of sinks) sink(event, value);
  };
  const settings = await SettingsStore.open(dataFolder, (error) => onUnexpected('settings', error));
  const program = (name: ProcessName) => () => ({
    name: `the ${name}`,
    entry: join(root, 'src-main', 'processes', 'engine', 'engine-process.ts'),
    words: [name],
    environment: {
      ...engineEnvironment({ ...process.env, ...chosenEnvironment(settings.current) }),
      GLIMPSE_HOME: dataFolder,
    },
  });
  const galleryProgram = () => ({
    name: 'the gallery',
    entry: join(root, 'src-main', 'processes', 'gallery', 'gallery-process.ts'),
    // It gives memory back, where the engine keeps it.
    environment: { GLIBC_TUNABLES: '' },
  });
  const rssMb = new Map<ProcessName, number>();
  const facts = new Map<'engine', EngineFacts>();
  const tellHealth = (): void => emit('health.changed', healthNow());
  const engine = new Supervised<EngineService>(launch, program('engine'), sayHelloToEngine, tellHealth);
  const worker = new Supervised<EngineService>(launch, program('worker'), sayHelloToEngine, tellHealth);
  const gallery = new Supervised<GalleryService>(launch, galleryProgram, sayHelloToGallery, tellGallery);
  const actor = userInfo().username;
  const galleries = new NamedGalleries(gallery, dataFolder, actor);
  galleries.on('facesAdded', (name) => emit('gallery.changed', { gallery: name, what: 'faces' }));
  galleries.on('changed', (name, { what }) => emit('gallery.changed', { gallery: name, what }));
  for (const [name, service] of [
    ['engine', engine],
    ['worker', worker],
  ] as const) {
    service.on('vitals', (vitals) => {
      rssMb.set(name, vitals.rssMb);
      tellHealth();
    });
  }
  worker.on('training', (value) => emit('training.event', value));
  const modelNames = new ModelNames(engine);
  const models = new GalleryModels(galleries, modelNames);
  const enrolments = new EnrolmentDesk({ engine, galleries, models });
  const shelf = new ProbeShelf();
  const queue = await JobQueue.open({
    kinds: hostJobs({
      worker,
      engine,
      gallery,
      enrolments,
      galleries,
      models,
      shelf,
      dataFolder,
      actor,
      print: options.print ?? null,
    }),
    path: join(dataFolder, 'jobs.json'),
    onChange: (jobs) => emit('jobs.changed', jobs),
    onProblem: (error) => onUnexpected('jobs', error),
  });
  const trash = new Trash(dataFolder);
  trash.empty(Date.now()).catch((error: unknown) => onUnexpected('trash', error));

  function tellGallery(): void {
    if (gallery.state.state === 'ended') galleries.forgetNumbers();
    tellHealth();
  }
  function healthNow(): Health {
    const processes = [
      ['engine', engine.state],
      ['worker', worker.state],
      ['gallery', gallery.state],
    ] as const;
    return {
      processes: processes.map(([name, state]) => ({
        name,
        state: state.state,
        lastEnd: state.lastEnd,
        rssMb: state.state === 'ended' ? null : (rssMb.get(name) ?? null),
      })),
      engine: facts.get('engine') ?? null,
    };
  }
  function greetEngine(): void {
    engine
      .call('hello', null)
      .then((hello) => {
        facts.set('engine', hello);
        tellHealth();
      })
      // Shown by its state.
      .catch(() => {});
  }
  const services: HostServices = {
    facts: {
      ...about,
      dataFolder,
      homeFolder: homedir(),
      platform: process.platform,
      memoryBytes: totalmem(),
    },
    settings,
    engine,
    galleries,
    modelNames,
    desk: new SearchDesk({ engine, galleries, models, shelf }),
    enrolments,
    queue,
    trash,
    health: healthNow,
    restartEngine: async () => {
      const isBusy = queue.views.some(({ state }) => BUSY_STATES.includes(state));
      ensure(!isBusy, 'in-use', 'a job is running: pause or finish it first');
      await Promise.all([engine.stop(), worker.stop()]);
      greetEngine();
    },
    onSettingsChange: () => emit('settings.changed', settings.current),
  };
  greetEngine();
  return {
    dispatcher: new Dispatcher(createHandlers(services), onUnexpected),
    onEvent: (sink) => {
      sinks.add(sink);
      return () => void sinks.delete(sink);
    },
    findImage: async (name) => {
      const probe = PROBE_IMAGE.exec(name);
      if (probe !== null) return shelf.image(probe[1]);
      return findImageFile(dataFolder, (of) => galleries.cropsOf(of), name);
    },
    close: async () => {
      await queue.close();
      await Promise.all([engine.stop(), worker.stop(), gallery.stop()]);
      letGo();
    },
  };
}
