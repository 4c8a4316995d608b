// The application: facts, health, settings, folders, jobs.

import { listFolder } from '../../processes/folder-listing.ts';
import type { HandlerTable } from '../dispatcher.ts';
import type { HostServices } from '../host-services.ts';

type AppChannels =
  | 'app.facts'
  | 'app.health'
  | 'app.restart-engine'
  | 'settings.read'
  | 'settings.write'
  | 'files.browse'
  | 'doctor.start'
  | 'jobs.list'
  | 'jobs.pause'
  | 'jobs.resume'
  | 'jobs.cancel'
  | 'jobs.dismiss';

export function appHandlers(services: HostServices): Pick<HandlerTable, AppChannels> {
  const { facts, settings, queue } = services;
  return {
    'app.facts': () => facts,
    'app.health': () => services.health(),
    'app.restart-engine': async () => {
      await services.restartEngine();
      return null;
    },
    'settings.read': () => settings.current,
    'settings.write': async (change) => {
      const next = await settings.change(change);
      services.onSettingsChange();
      return next;
    },
    'files.browse': ({ path, files }) => listFolder(path ?? facts.homeFolder, files),
    'doctor.start': () => queue.add('doctor', {}),
    'jobs.list': () => queue.views,
    'jobs.pause': ({ job }) => queue.pause(job),
    'jobs.resume': ({ job }) => queue.resume(job),
    'jobs.cancel': ({ job }) => queue.cancel(job),
    'jobs.dismiss': ({ job }) => {
      queue.dismiss(job);
      return null;
    },
  };
}
