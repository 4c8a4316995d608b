// Models are listed whatever becomes of the galleries: who only trains needs none.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GlimpseError } from '../../../src-main/common/errors.ts';
import { modelHandlers } from '../../../src-main/ipc/handlers/model-handlers.ts';
import type { HostServices } from '../../../src-main/ipc/host-services.ts';

test('where the gallery process fails, models are listed all the same, and why no gallery is named', async () => {
  const listed = { teachers: [], students: [], profiles: [], problems: ['one is damaged'] };
  const services = {
    engine: { call: () => Promise.resolve(listed) },
    galleries: { modelUses: () => Promise.reject(new GlimpseError('unsupported', 'the gallery has ended')) },
  };
  const handlers = modelHandlers(services as unknown as HostServices);
  assert.deepEqual(await handlers['models.list']({}), {
    ...listed,
    problems: ['one is damaged', 'the gallery has ended'],
  });
});
