// Models: list, import, export, verify, adapt, delete and undo.

import { existsSync } from 'node:fs';
import { ensure, messageOf } from '../../common/errors.ts';
import type { Dependant, ModelList } from '../../contract/models.ts';
import { ensureFolder } from '../../processes/folder-listing.ts';
import type { ModelUses } from '../../processes/gallery/model-uses.ts';
import type { HandlerTable } from '../dispatcher.ts';
import type { HostServices } from '../host-services.ts';

type ModelChannels =
  | 'models.list'
  | 'models.import'
  | 'models.export'
  | 'models.verify'
  | 'models.adapt'
  | 'trash.put'
  | 'trash.restore';

export function modelHandlers({
  engine,
  galleries,
  queue,
  trash,
}: HostServices): Pick<HandlerTable, ModelChannels> {
  return {
    'models.list': async () => {
      // Models are there without the galleries, too.
      const uses = galleries
        .modelUses()
        .catch((error: unknown): ModelUses => ({ galleries: [], problems: [messageOf(error)] }));
      return withGalleries(await engine.call('models', null), await uses);
    },
    'models.import': (request) => queue.add('import-teacher', request),
    'models.export': (request) => {
      const { file } = request;
      ensure(!existsSync(file), 'bad-usage', `there is a file ${file} already: choose another name`);
      return queue.add('export', request);
    },
    'models.verify': async (request) => {
      await ensureFolder(request.dataset);
      return queue.add('verify', request);
    },
    'models.adapt': async (request) => {
      await ensureFolder(request.data);
      return queue.add('adapt', request);
    },
    'trash.put': async ({ kind, name }) => {
      const isBusy = queue.views.some(
        ({ subject, state }) =>
          subject === name && ['queued', 'running', 'pausing', 'stopping'].includes(state),
      );
      ensure(!isBusy, 'in-use', `${name} is in use by a job: stop that first`);
      return { item: await trash.put(kind, name) };
    },
    'trash.restore': async ({ item }) => {
      await trash.restore(item);
      return null;
    },
  };
}

/** The galleries that a model has embedded hang on it too. */
function withGalleries(list: ModelList, uses: ModelUses): ModelList {
  const used = <Card extends { readonly digest: string; readonly usedBy: readonly Dependant[] }>(
    card: Card,
  ): Card => ({
    ...card,
    usedBy: [
      ...card.usedBy,
      ...uses.galleries
        .filter(({ models }) => models.includes(card.digest))
        .map(({ name }): Dependant => ({ kind: 'gallery', name })),
    ],
  });
  return {
    ...list,
    teachers: list.teachers.map(used),
    students: list.students.map(used),
    problems: [...list.problems, ...uses.problems],
  };
}
