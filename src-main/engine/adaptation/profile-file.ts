// FaceBN profiles on disk: adapted statistics, where they came from, and the statistics before and after.

import { ensure } from '../../common/errors.ts';
import { sha256 } from '../../common/files.ts';
import {
  parseTensorFile,
  readTensorHeader,
  readWhole,
  type StoredTensor,
  saveTensorFile,
} from '../../common/tensor-file.ts';
import { planNetwork, planNorms } from '../models/plan.ts';
import { statisticsOf, statisticsTensors, type TrainedNetwork } from '../models/student-file.ts';
import type { Adaptation, FaceBnSettings, StatisticsByNorm } from './face-bn.ts';

export interface ProfileHeader {
  readonly version: 1;
  readonly name: string;
  /** SHA-256 of the student's file: a profile serves that student only. */
  readonly studentDigest: string;
  /** Fingerprint of the faces that it was estimated on. */
  readonly sourceFingerprint: string;
  readonly source: string;
  readonly faces: number;
  readonly settings: FaceBnSettings;
  readonly createdAt: string;
}

export interface Profile extends Adaptation {
  readonly header: ProfileHeader;
  /** SHA-256 of the student's digest and the statistics, hex: the same for every file that embeds alike. */
  readonly digest: string;
}

const KIND = 'FaceBN profile';
const OBSERVED = 'observed:';

export async function saveProfile(path: string, profile: Omit<Profile, 'digest'>): Promise<void> {
  const tensors = new Map<string, StoredTensor>(statisticsTensors(profile.statistics));
  for (const [name, tensor] of statisticsTensors(profile.observed)) tensors.set(`${OBSERVED}${name}`, tensor);
  await saveTensorFile(path, { kind: KIND, header: profile.header, tensors });
}

/** What a list shows of a profile: its statistics are not read. */
export function readProfileHeader(path: string): Promise<ProfileHeader> {
  return readTensorHeader<ProfileHeader>(path, KIND);
}

/** A profile's file as it lies on disk or in a gallery; `name` is for messages. */
export interface ProfileFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** The header of a profile that is at hand. Throws `bad-checkpoint` for a damaged one. */
export function parseProfileHeader({ name, content }: ProfileFile): ProfileHeader {
  return parseTensorFile<ProfileHeader>(name, content, KIND).header;
}

/** Throws `not-found`, and what `parseProfile` throws. */
export async function loadProfile(
  path: string,
  student: TrainedNetwork,
  studentDigest: string,
): Promise<Profile> {
  return parseProfile({ name: path, content: await readWhole(path) }, student, studentDigest);
}

/** Throws `bad-checkpoint` for a damaged file, and for a profile of another student. */
export function parseProfile(
  { name, content }: ProfileFile,
  student: TrainedNetwork,
  studentDigest: string,
): Profile {
  const { header, tensors } = parseTensorFile<ProfileHeader>(name, content, KIND);
  ensure(
    header.studentDigest === studentDigest,
    'bad-checkpoint',
    `${name} was estimated for another student (${header.studentDigest.slice(0, 12)}…, not ${studentDigest.slice(0, 12)}…): adapt this one`,
  );
  const norms = planNorms(planNetwork(student.card.spec));
  const observed = new Map(
    [...tensors]
      .filter(([tensorName]) => tensorName.startsWith(OBSERVED))
      .map(([tensorName, tensor]) => [tensorName.slice(OBSERVED.length), tensor]),
  );
  const statistics = statisticsOf(name, tensors, norms);
  return {
    header,
    digest: digestOf(studentDigest, statistics),
    statistics,
    observed: statisticsOf(name, observed, norms),
    faces: header.faces,
  };
}

function digestOf(studentDigest: string, statistics: StatisticsByNorm): string {
  const bytes = (values: Float32Array): Uint8Array =>
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const parts = [...statistics].flatMap(([name, { mean, variance }]) => [name, bytes(mean), bytes(variance)]);
  return sha256(studentDigest, ...parts);
}

/** How far each layer moved: for reports (the paper's Fig. 5). */
export interface LayerShift {
  readonly norm: string;
  /** Means over the channels of mean and variance: training, observed on the faces, adapted. */
  readonly mean: readonly [number, number, number];
  readonly variance: readonly [number, number, number];
  /** Root mean square over channels of (observed mean − training mean) / training deviation. */
  readonly standardisedShift: number;
}

export function layerShifts(training: StatisticsByNorm, adaptation: Adaptation): LayerShift[] {
  return [...training].map(([norm, before]) => {
    const observed = adaptation.observed.get(norm) ?? before;
    const after = adaptation.statistics.get(norm) ?? before;
    let squares = 0;
    before.mean.forEach((mean, channel) => {
      squares += (observed.mean[channel] - mean) ** 2 / (before.variance[channel] + 1e-5);
    });
    return {
      norm,
      mean: [average(before.mean), average(observed.mean), average(after.mean)],
      variance: [average(before.variance), average(observed.variance), average(after.variance)],
      standardisedShift: Math.sqrt(squares / before.mean.length),
    };
  });
}

function average(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
