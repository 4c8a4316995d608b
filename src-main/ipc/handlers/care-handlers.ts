// A gallery's spaces and its care: calibrated, compared, checked, copied, purged.

import { ensure } from '../../common/errors.ts';
import type { CareView, PurgeRuleAsked } from '../../contract/care.ts';
import type { JobKindName, JobView } from '../../contract/jobs.ts';
import type { SpaceRow } from '../../processes/gallery/gallery-service.ts';
import type { HandlerTable } from '../dispatcher.ts';
import type { HostServices } from '../host-services.ts';
import { overviewOf } from './gallery-handlers.ts';

type CareChannels =
  | 'gallery.calibrate'
  | 'gallery.embed'
  | 'gallery.compare-spaces'
  | 'gallery.delete-space'
  | 'gallery.space-layers'
  | 'gallery.verify'
  | 'gallery.audit'
  | 'gallery.back-up'
  | 'gallery.care'
  | 'gallery.set-retention'
  | 'gallery.preview-purge'
  | 'gallery.purge';

/** What a person looks back over. */
const ENTRIES_SHOWN = 100;
const PURGES_SHOWN = 100;
const DAY_MS = 86_400_000;

/** They write into a gallery for longer than a moment. */
const WRITERS: readonly JobKindName[] = ['calibrate', 'embed', 'enrol', 'purge'];
const UNDER_WAY: readonly JobView['state'][] = ['running', 'pausing', 'stopping'];

export function careHandlers(services: HostServices): Pick<HandlerTable, CareChannels> {
  const { galleries, engine, modelNames, queue } = services;

  async function spaceOf(gallery: string, id: number): Promise<SpaceRow> {
    const { spaces } = await galleries.call(gallery, 'overview', {});
    const space = spaces.find((one) => one.id === id);
    ensure(space !== undefined, 'not-found', `${gallery} has no space ${id}`);
    return space;
  }

  async function modelOf({ modelDigest }: SpaceRow): Promise<{ kind: 'student' | 'teacher'; name: string }> {
    const model = (await modelNames.of([modelDigest])).get(modelDigest);
    ensure(
      model !== undefined,
      'not-found',
      `the model ${modelDigest.slice(0, 12)}… is not on this machine: import it first`,
    );
    return model;
  }

  function ensureQuiet(gallery: string): void {
    const writer = queue.views.find(
      ({ kind, subject, state }) =>
        subject === gallery && WRITERS.includes(kind) && UNDER_WAY.includes(state),
    );
    ensure(writer === undefined, 'in-use', `a job is writing into ${gallery}: pause or stop it first`);
  }

  function preview(gallery: string, rule: PurgeRuleAsked) {
    return galleries.call(gallery, 'previewPurge', { rule });
  }

  async function careOf(gallery: string): Promise<CareView> {
    const [days, purges] = [
      await galleries.call(gallery, 'retention', {}),
      await galleries.call(gallery, 'purges', { limit: PURGES_SHOWN }),
    ];
    if (days === null) return { retention: { days, due: null }, purges };
    const before = Date.now() - days * DAY_MS;
    const due = { before, preview: await preview(gallery, { kind: 'age', before }) };
    return { retention: { days, due }, purges };
  }

  return {
    'gallery.calibrate': (request) => queue.add('calibrate', request),
    'gallery.embed': async ({ gallery, by }) => {
      if (by.kind !== 'space') return queue.add('embed', { gallery, model: by, profileDigest: null });
      const space = await spaceOf(gallery, by.space);
      const { profileDigest } = space;
      return queue.add('embed', { gallery, model: await modelOf(space), profileDigest });
    },
    'gallery.compare-spaces': (request) => queue.add('compare-spaces', request),
    'gallery.delete-space': async ({ gallery, space }) => {
      ensureQuiet(gallery);
      await galleries.call(gallery, 'deleteSpace', { space });
      return overviewOf(services, gallery);
    },
    'gallery.space-layers': async ({ gallery, space: id }) => {
      const space = await spaceOf(gallery, id);
      const digest = space.profileDigest;
      const profile = digest === null ? null : await galleries.call(gallery, 'profile', { digest });
      ensure(profile !== null, 'not-found', `space ${id} of ${gallery} has no FaceBN profile`);
      const { name: student } = await modelOf(space);
      const { name, content } = profile;
      return {
        space: id,
        figures: await engine.call('profileLayers', { student, profile: { name, content } }),
      };
    },
    'gallery.verify': (request) => queue.add('verify-gallery', request),
    'gallery.audit': async ({ gallery }) => {
      const verdict = await galleries.call(gallery, 'verifyAudit', {});
      const after = Math.max(0, verdict.entries - ENTRIES_SHOWN);
      const entries = await galleries.call(gallery, 'audit', { after, limit: ENTRIES_SHOWN });
      const last = entries.map(({ body, ...rest }) => ({ ...rest, body: JSON.stringify(body) }));
      return { ...verdict, last: last.reverse() };
    },
    'gallery.back-up': (request) => queue.add('back-up', request),
    'gallery.care': ({ gallery }) => careOf(gallery),
    'gallery.set-retention': async ({ gallery, days }) => {
      await galleries.call(gallery, 'setRetention', { days });
      return careOf(gallery);
    },
    'gallery.preview-purge': ({ gallery, rule }) => preview(gallery, rule),
    'gallery.purge': ({ gallery, rule, confirmation }) => {
      ensure(confirmation === gallery, 'bad-usage', `type ${gallery} to purge it, not ${confirmation}`);
      ensureQuiet(gallery);
      return queue.add('purge', { gallery, rule });
    },
  };
}
