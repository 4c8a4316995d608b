// Galleries by name over the real gallery process: made, opened, closed, there again after their process has died.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { GALLERY_PROGRAM } from '../../../../src-main/processes/gallery/gallery-program.ts';
import type { GalleryService } from '../../../../src-main/processes/gallery/gallery-service.ts';
import { NamedGalleries } from '../../../../src-main/processes/gallery/named-galleries.ts';
import { launchInNode } from '../../../../src-main/processes/launcher.ts';
import { Supervised } from '../../../../src-main/processes/supervised.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

interface Bench {
  readonly galleries: NamedGalleries;
  readonly service: Supervised<GalleryService>;
  readonly home: string;
  /** Settles when the process has ended by itself. */
  readonly ended: Promise<void>;
}

async function openBench(context: TestContext): Promise<Bench> {
  const home = await temporaryFolder(context);
  const end = Promise.withResolvers<void>();
  const service: Supervised<GalleryService> = new Supervised(
    launchInNode,
    () => GALLERY_PROGRAM,
    (client) => client.call('hello', null),
    () => {
      if (service.state.lastEnd === null) return;
      galleries.forgetNumbers();
      end.resolve();
    },
  );
  const galleries = new NamedGalleries(service, home, 'tester');
  context.after(() => service.stop());
  return { galleries, service, home, ended: end.promise };
}

test('a gallery is made, listed, closed and opened by its name', async (t) => {
  const { galleries, home } = await openBench(t);
  assert.deepEqual(await galleries.list(), []);
  await galleries.create('Station north');
  assert.deepEqual(await galleries.list(), [{ name: 'Station north', isOpen: true }]);
  assert.equal((await galleries.call('Station north', 'overview', {})).faces, 0);
  const crops = join(home, 'galleries', 'Station north.gallery', 'crops');
  assert.equal(galleries.cropsOf('Station north'), crops);
  await galleries.close('Station north');
  assert.equal(galleries.cropsOf('Station north'), null);
  assert.deepEqual(await galleries.list(), [{ name: 'Station north', isOpen: false }]);
  await galleries.open('Station north');
  assert.equal(galleries.cropsOf('Station north'), crops);
});

test('what cannot be opened or made is refused, and leaves what is open as it was', async (t) => {
  const { galleries } = await openBench(t);
  await assert.rejects(galleries.open('nowhere'), { code: 'not-found' });
  assert.equal(galleries.cropsOf('nowhere'), null);
  await galleries.create('door');
  await assert.rejects(galleries.create('door'), { code: 'bad-usage' });
  assert.notEqual(galleries.cropsOf('door'), null);
  await assert.rejects(galleries.open('../door'), { code: 'bad-usage' });
});

test('after its process was killed the next call finds the gallery again', async (t) => {
  const { galleries, service, ended } = await openBench(t);
  await galleries.create('door');
  const { pid } = await service.call('hello', null);
  process.kill(pid, 'SIGKILL');
  await ended;
  assert.notEqual(galleries.cropsOf('door'), null);
  assert.equal((await galleries.call('door', 'overview', {})).name, 'door');
});

test('events carry the name', async (t) => {
  const { galleries } = await openBench(t);
  await galleries.create('hall');
  const heard = Promise.withResolvers<[string, string]>();
  galleries.on('changed', (name, { what }) => heard.resolve([name, what]));
  await galleries.call('hall', 'purge', { rule: { kind: 'age', before: 1 } });
  assert.deepEqual(await heard.promise, ['hall', 'purge']);
});
