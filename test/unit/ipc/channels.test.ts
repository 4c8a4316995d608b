// Every channel of the contract: it has a handler, its guard takes a right request and refuses a wrong one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as v from 'valibot';
import { BENCHMARK_NAMES } from '../../../src-main/contract/benchmarks.ts';
import { CHANNEL_NAMES, CHANNELS, type ChannelName } from '../../../src-main/contract/channels.ts';
import { PROTOCOLS } from '../../../src-main/datasets/protocols/protocol-set.ts';
import { presetSettings } from '../../../src-main/engine/training/settings.ts';
import { createHandlers } from '../../../src-main/ipc/handlers.ts';
import type { HostServices } from '../../../src-main/ipc/host-services.ts';
import { ADAPTATIONS } from '../../../src-main/processes/benchmark/request.ts';

const settings = presetSettings('ours');
const plan = { data: '/faces', validation: null, teacher: 'faceplugin', settings };
const job = { job: '01234567-89ab-cdef-0123-456789abcdef' };
const faceBn = { mode: 'pooled', gamma: 0.1, lambda: 1, batchSize: 256, minBatch: 8 };

const benchmark = {
  protocol: 'lfw',
  dataPath: '/lfw',
  models: ['teacher', 'ours'],
  teacher: 'faceplugin',
  resolutions: [16, 32],
  scenarios: ['lr-lr', 'lr-hr'],
  adaptations: ['none', 'pooled'],
  gamma: 0.1,
  lambda: 1,
  batchSize: 256,
  hrBackbone: 'teacher',
  flipFusion: false,
  folds: null,
  seed: 1,
  replicates: 1000,
  skipMissing: false,
};
const report = { result: 'lfw-1', folder: '/out', name: 'lfw', formats: ['html'], aggregatesOnly: false };
const searched = {
  gallery: 'door',
  probe: { kind: 'faces', faces: [{ picture: job.job, face: 1 }] },
  side: 'lr',
  fusion: 'template',
  by: 'track',
  count: 100,
  filter: { camera: 'door', leastSizePx: 12 },
};

const enrolment = {
  gallery: 'door',
  paths: ['/faces'],
  reading: null,
  subjects: 'folder',
  anywhere: false,
  camera: null,
  student: 'ours',
  teacher: null,
  frames: { framesPerSecond: null, everyNth: 1, startedAtMs: null, leastChange: 6 },
};

/** A right request, and one that is wrong in a single point. A channel without a row is a type error. */
const CASES: Readonly<Record<ChannelName, { readonly right: unknown; readonly wrong: unknown }>> = {
  'app.facts': { right: {}, wrong: { more: 1 } },
  'app.health': { right: {}, wrong: null },
  'app.restart-engine': { right: {}, wrong: 'now' },
  'settings.read': { right: {}, wrong: 'x' },
  'settings.write': { right: { theme: 'light' }, wrong: { theme: 'pink' } },
  'files.browse': { right: { path: null, files: 'none' }, wrong: { path: 'relative', files: 'none' } },
  'doctor.start': { right: {}, wrong: { threads: 1 } },
  'jobs.list': { right: {}, wrong: { all: true } },
  'jobs.pause': { right: job, wrong: { job: '../jobs' } },
  'jobs.resume': { right: job, wrong: {} },
  'jobs.cancel': { right: job, wrong: { job: 7 } },
  'jobs.dismiss': { right: job, wrong: { ...job, more: 1 } },
  'galleries.list': { right: {}, wrong: { dataFolder: '/' } },
  'galleries.create': { right: { gallery: 'Station north' }, wrong: { gallery: '../door' } },
  'galleries.open': { right: { gallery: 'door' }, wrong: { gallery: '/door' } },
  'galleries.close': { right: { gallery: 'door' }, wrong: {} },
  'gallery.overview': { right: { gallery: 'door' }, wrong: { gallery: 7 } },
  'gallery.activate-space': { right: { gallery: 'door', space: 2 }, wrong: { gallery: 'door', space: 0 } },
  'gallery.calibrate': {
    right: { gallery: 'door', student: 'ours', camera: null, settings: faceBn },
    wrong: { gallery: 'door', student: '../ours', camera: null, settings: faceBn },
  },
  'gallery.embed': {
    right: { gallery: 'door', by: { kind: 'teacher', name: 'tiny' } },
    wrong: { gallery: 'door', by: { kind: 'teacher', name: 'tiny', path: '/tiny.onnx' } },
  },
  'gallery.compare-spaces': {
    right: { gallery: 'door', before: 1, after: 2 },
    wrong: { gallery: 'door', before: 1 },
  },
  'gallery.delete-space': { right: { gallery: 'door', space: 2 }, wrong: { gallery: 'door', space: 1.5 } },
  'gallery.space-layers': { right: { gallery: 'door', space: 2 }, wrong: { gallery: 'a/b', space: 2 } },
  'gallery.verify': { right: { gallery: 'door' }, wrong: { gallery: 'door', quick: true } },
  'gallery.audit': { right: { gallery: 'door' }, wrong: { after: 1 } },
  'gallery.back-up': {
    right: { gallery: 'door', folder: '/backups/door' },
    wrong: { gallery: 'door', folder: '../door' },
  },
  'gallery.care': { right: { gallery: 'door' }, wrong: {} },
  'gallery.set-retention': {
    right: { gallery: 'door', days: null },
    wrong: { gallery: 'door', days: 0 },
  },
  'gallery.preview-purge': {
    right: { gallery: 'door', rule: { kind: 'age', before: 1_000 } },
    wrong: { gallery: 'door', rule: { kind: 'age', before: Number.NaN } },
  },
  'gallery.purge': {
    right: { gallery: 'door', rule: { kind: 'subject', subjectId: 3 }, confirmation: 'door' },
    wrong: { gallery: 'door', rule: { kind: 'whole' } },
  },
  'gallery.cameras': { right: { gallery: 'door' }, wrong: { gallery: 'a/b' } },
  'gallery.measure-scores': {
    right: { gallery: 'door', side: 'lr', reference: { folder: '/people', isCrops: true } },
    wrong: { gallery: 'door', side: 'lr', reference: { folder: 'people', isCrops: true } },
  },
  'enrolment.plan': { right: enrolment, wrong: { ...enrolment, paths: ['faces'] } },
  'enrolment.start': {
    right: { ...enrolment, reading: 'crops' },
    wrong: { ...enrolment, reading: null },
  },
  'enrolment.unfinished': { right: { gallery: 'door' }, wrong: { gallery: 'door', root: '/' } },
  'enrolment.resume': { right: { gallery: 'door', import: 1 }, wrong: { gallery: 'door', import: 0 } },
  'enrolment.end': { right: { gallery: 'door', import: 1 }, wrong: { gallery: '../door', import: 1 } },
  'enrolment.files': {
    right: { gallery: 'door', import: 1, state: 'failed', after: -1, limit: 100 },
    wrong: { gallery: 'door', import: 1, state: 'todo', after: -1, limit: 100 },
  },
  'enrolment.save-failures': {
    right: { ...job, file: '/out/failures.csv' },
    wrong: { ...job, file: '/home/me/.profile' },
  },
  'gallery.tracks': {
    right: { gallery: 'door', of: { kind: 'tracks', ids: [3, 4] }, after: 0, limit: 50 },
    wrong: { gallery: 'door', of: { kind: 'tracks', ids: [] }, after: 0, limit: 50 },
  },
  'gallery.find-clusters': {
    right: { gallery: 'door', side: 'lr', limit: { fmr: null } },
    wrong: { gallery: 'door', side: 'lr', limit: { fmr: 0.1, score: 0.2 } },
  },
  'gallery.clusters': {
    right: { gallery: 'door', side: 'lr', limit: 50 },
    wrong: { gallery: 'door', side: 'lr', limit: 0 },
  },
  'gallery.name-cluster': {
    right: { gallery: 'door', key: '161-0a1b2c', owner: { name: 'Ann' } },
    wrong: { gallery: 'door', key: '161', owner: { name: 'Ann' } },
  },
  'gallery.check-labels': { right: { gallery: 'door', side: 'hr' }, wrong: { gallery: 'door' } },
  'gallery.labels': { right: { gallery: 'door' }, wrong: { gallery: '' } },
  'gallery.settle-doubt': {
    right: { gallery: 'door', kind: 'alike', one: 3, other: 9, isRight: true },
    wrong: { gallery: 'door', kind: 'alike', one: 3, other: 9.5, isRight: true },
  },
  'gallery.left-out': {
    right: { gallery: 'door', state: 'failed', limit: 100 },
    wrong: { gallery: 'door', state: 'done', limit: 100 },
  },
  'gallery.save-left-out': {
    right: { gallery: 'door', state: 'failed', target: '/out/failed.csv' },
    wrong: { gallery: 'door', state: 'failed', target: 'failed.csv' },
  },
  'gallery.export': {
    right: { gallery: 'door', target: '/out/door.zip' },
    wrong: { gallery: 'door', target: '../door.zip' },
  },
  'galleries.import': {
    right: { source: '/out/door.zip', gallery: 'door 2' },
    wrong: { source: '/out/door.zip', gallery: '../door' },
  },
  'probe.add': {
    right: { gallery: null, name: 'a.png', data: 'iVBORw==', isCrop: false },
    wrong: { gallery: null, name: 'a.png', data: '../etc/passwd', isCrop: false },
  },
  'sample.start': { right: {}, wrong: { name: 'mine' } },
  'sample.probe': { right: { gallery: 'Sample', at: 1 }, wrong: { gallery: 'Sample', at: 13 } },
  'sample.remove': { right: { gallery: 'Sample' }, wrong: { gallery: '../Sample' } },
  'clip.read': {
    right: { gallery: 'door', path: '/clip.mp4', side: 'lr', framesPerSecond: null, everyNth: 1 },
    wrong: { gallery: 'door', path: 'clip.mp4', side: 'lr', framesPerSecond: null, everyNth: 1 },
  },
  'search.run': { right: searched, wrong: { ...searched, filter: { camera: 'door', sql: '1' } } },
  'search.face-gains': {
    right: { gallery: 'door', search: 1, rank: 3 },
    wrong: { gallery: 'door', search: 1, rank: 0 },
  },
  'search.faces': {
    right: { gallery: 'door', of: 'track', id: 4 },
    wrong: { gallery: 'door', of: 'table', id: 4 },
  },
  'cases.list': { right: { gallery: 'door' }, wrong: {} },
  'cases.create': { right: { gallery: 'door', title: 'Lobby' }, wrong: { gallery: 'door', title: 'a\nb' } },
  'cases.read': { right: { gallery: 'door', case: 1 }, wrong: { gallery: 'door', case: '1' } },
  'cases.add-note': {
    right: { gallery: 'door', case: 1, text: 'two\nlines' },
    wrong: { gallery: 'door', case: 1, text: 'x'.repeat(100_001) },
  },
  'cases.add-search': {
    right: { gallery: 'door', case: 1, search: 2, threshold: 0.4 },
    wrong: { gallery: 'door', case: 1, search: 2, threshold: 4 },
  },
  'cases.decide': {
    right: { gallery: 'door', case: 1, searchItem: 2, rank: 1, verdict: 'match', note: '' },
    wrong: { gallery: 'door', case: 1, searchItem: 2, rank: 1, verdict: 'maybe', note: '' },
  },
  'cases.set-state': {
    right: { gallery: 'door', case: 1, state: 'closed' },
    wrong: { gallery: 'door', case: 1, state: 'gone' },
  },
  'cases.audit': { right: { gallery: 'door', case: 1 }, wrong: { gallery: 'door', case: -1 } },
  'cases.export': {
    right: { gallery: 'door', case: 1, target: '/out/lobby.zip' },
    wrong: { gallery: 'door', case: 1, target: 'lobby.zip' },
  },
  'training.presets': { right: {}, wrong: { name: 'ours' } },
  'training.check': { right: plan, wrong: { ...plan, data: 'faces' } },
  'training.pace': {
    right: { images: 100, identities: 10, plan },
    wrong: { images: -1, identities: 10, plan },
  },
  'training.samples': {
    right: { data: '/faces', settings, draw: 0 },
    wrong: { data: '/faces', settings: { ...settings, version: 2 }, draw: 0 },
  },
  'training.start': { right: { run: 'ours-1', plan }, wrong: { run: '../ours', plan } },
  'training.resume': { right: { run: 'ours-1' }, wrong: { run: 'a/b' } },
  'training.branch': {
    right: { source: 'ours-1', checkpoint: 'last', run: 'ours-2', settings },
    wrong: { source: 'ours-1', checkpoint: 'first', run: 'ours-2', settings },
  },
  'training.ablate': {
    right: { name: 'table-5', plan: { ...plan, validation: '/lfw' } },
    wrong: { name: 'table-5', plan },
  },
  'training.ablations': { right: {}, wrong: { name: 'table-5' } },
  'runs.list': { right: {}, wrong: { from: 1 } },
  'runs.mined': { right: { run: 'ours', draw: 0 }, wrong: { run: 'ours', draw: -1 } },
  'runs.read': { right: { run: 'ours' }, wrong: { run: '' } },
  'models.list': { right: {}, wrong: 0 },
  'models.import': {
    right: {
      modelPath: '/model.onnx',
      name: 'mine',
      licence: 'MIT',
      channelOrder: 'rgb',
      pixelMean: 127.5,
      pixelScale: 127.5,
    },
    wrong: {
      modelPath: '/model.onnx',
      name: 'mine',
      licence: 'MIT',
      channelOrder: 'rgb',
      pixelMean: 127.5,
      pixelScale: 0,
    },
  },
  'models.export': {
    right: { student: 'ours', file: '/out.onnx', profile: null },
    wrong: { student: 'ours', file: '/home/me/.profile', profile: null },
  },
  'models.verify': {
    right: { student: 'ours', dataset: '/lfw', faceBn },
    wrong: { student: 'ours', dataset: '/lfw', faceBn: { ...faceBn, lambda: 2 } },
  },
  'models.adapt': {
    right: { student: 'ours', data: '/faces', settings: faceBn },
    wrong: { student: 'ours', data: '/faces', settings: null },
  },
  'gallery.face-order': {
    right: {
      gallery: 'door',
      order: 'captured',
      isDescending: true,
      filter: { isKnown: false, subject: null },
    },
    wrong: { gallery: 'door', order: 'name', isDescending: true, filter: { isKnown: null, subject: null } },
  },
  'gallery.faces': {
    right: { gallery: 'door', ids: [1, 2] },
    wrong: { gallery: 'door', ids: Array.from({ length: 501 }, () => 1) },
  },
  'gallery.subjects': {
    right: { gallery: 'door', text: null, after: { id: 3, name: null }, limit: 100 },
    wrong: { gallery: 'door', text: null, after: null, limit: 100_000 },
  },
  'gallery.change': {
    right: { gallery: 'door', change: { kind: 'rename', subject: 1, name: 'Ann' } },
    wrong: { gallery: 'door', change: { kind: 'purge', subject: 1 } },
  },
  'gallery.changes': { right: { gallery: 'door' }, wrong: { gallery: '../door' } },
  'benchmarks.list': { right: {}, wrong: { protocol: 'lfw' } },
  'benchmarks.locate': {
    right: { protocol: 'agedb', path: null },
    wrong: { protocol: 'agedb', path: 'AgeDB' },
  },
  'benchmarks.plan': { right: benchmark, wrong: { ...benchmark, models: [] } },
  'benchmarks.start': { right: benchmark, wrong: { ...benchmark, resolutions: [8] } },
  'benchmarks.read': { right: { result: 'lfw-1' }, wrong: { result: '../lfw-1' } },
  'benchmarks.cell': {
    right: { result: 'lfw-1', cell: 'lfw.16.lr-lr.ours.none' },
    wrong: { result: 'lfw-1', cell: '' },
  },
  'benchmarks.report': { right: report, wrong: { ...report, name: 'a/b' } },
  'trash.put': { right: { kind: 'run', name: 'ours' }, wrong: { kind: 'gallery', name: 'ours' } },
  'trash.restore': { right: { item: job.job }, wrong: { item: '../../etc' } },
};

test('every channel has a handler and no handler is without a channel', () => {
  // Handlers are only made here, not called: what they work with may be absent.
  const handlers = createHandlers({} as HostServices);
  assert.deepEqual(Object.keys(handlers).sort(), [...CHANNEL_NAMES].sort());
});

for (const channel of CHANNEL_NAMES) {
  test(`${channel}: the guard takes a right request and refuses a wrong one`, () => {
    const { right, wrong } = CASES[channel];
    assert.deepEqual(v.safeParse(CHANNELS[channel].request, right).output, right);
    assert.equal(v.safeParse(CHANNELS[channel].request, wrong).success, false);
  });
}

test('benchmarks, FaceBN modes and scenarios are those of the engine', () => {
  assert.deepEqual(BENCHMARK_NAMES, PROTOCOLS);
  for (const mode of ADAPTATIONS) {
    const request = { ...benchmark, adaptations: [mode] };
    assert.equal(v.safeParse(CHANNELS['benchmarks.plan'].request, request).success, true, mode);
  }
});

test('the presets of the engine pass the contract as they are', () => {
  for (const name of ['paper', 'ours', 'quick', 'teacher'] as const) {
    const preset = presetSettings(name);
    assert.deepEqual(
      v.parse(CHANNELS['training.samples'].request, { data: '/f', settings: preset, draw: 1 }),
      {
        data: '/f',
        settings: preset,
        draw: 1,
      },
    );
  }
});

test('a setting that is not a number, or out of its limits, is refused by name', () => {
  const broken = { ...settings, schedule: { ...settings.schedule, epochs: 0 } };
  const result = v.safeParse(CHANNELS['training.check'].request, { ...plan, settings: broken });
  assert.equal(result.success, false);
  assert.equal(v.getDotPath(result.issues?.[0] as v.BaseIssue<unknown>), 'settings.schedule.epochs');
});
