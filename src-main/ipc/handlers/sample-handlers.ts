// The sample project: made, tried, taken away.

import { ensure } from '../../common/errors.ts';
import { SAMPLE_NAME } from '../../processes/sample/sample-plan.ts';
import type { HandlerTable } from '../dispatcher.ts';
import type { HostServices } from '../host-services.ts';

type SampleChannels = 'sample.start' | 'sample.probe' | 'sample.remove';

export function sampleHandlers({
  engine,
  galleries,
  desk,
  queue,
  trash,
}: HostServices): Pick<HandlerTable, SampleChannels> {
  /** Somebody's own gallery may be called Sample already. */
  async function freeName(): Promise<string> {
    const taken = new Set((await galleries.list()).map(({ name }) => name));
    let number = 1;
    while (taken.has(nameOf(number))) number++;
    return nameOf(number);
  }
  return {
    'sample.start': async () => {
      const isUnderWay = queue.views.some(({ kind, endedAt }) => kind === 'sample' && endedAt === null);
      ensure(!isUnderWay, 'in-use', 'a sample is being made already');
      return queue.add('sample', { gallery: await freeName() });
    },
    'sample.probe': async ({ gallery, at }) => {
      const { name, bytes } = await engine.call('drawSampleProbe', { at });
      return desk.takePicture(gallery, name, bytes, false);
    },
    'sample.remove': async ({ gallery }) => {
      const { isDrawn } = await galleries.call(gallery, 'overview', {});
      ensure(isDrawn, 'bad-usage', `${gallery} is no sample: it holds faces that somebody has enrolled`);
      await galleries.close(gallery);
      return { item: await trash.put('gallery', gallery) };
    },
  };
}

function nameOf(number: number): string {
  return number === 1 ? SAMPLE_NAME : `${SAMPLE_NAME} ${number}`;
}
