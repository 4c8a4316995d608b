// A validation report before a benchmark is run: what its data come to, and everything that cannot take part.

import { GlimpseError } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { type LeftOut, printable } from '../entries.ts';
import { decodesInFlight } from '../image-report.ts';
import { mapInFlight } from '../in-flight.ts';
import { type OpenOptions, openProtocol } from './open-protocol.ts';
import { countSubjects, type ProtocolName, type ProtocolSet, withoutFaces } from './protocol-set.ts';

/** What was found. `refusal` says why a run is not possible; null where it is. */
export interface ProtocolInspection {
  readonly kind: ProtocolName | 'recordio';
  readonly title: string;
  readonly path: string;
  readonly fingerprint: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly refusal: string | null;
}

const EXAMPLES = 10;

/** Decodes every picture. Throws as `openProtocol` does where there is nothing to report on. */
export async function inspectProtocol(
  protocol: ProtocolName,
  path: string,
  options: OpenOptions,
  progress: ProgressToken,
): Promise<ProtocolInspection> {
  const set = await openProtocol(protocol, path, { ...options, missingImages: 'skip' }, progress);
  const stage = progress.stage('inspect', set.faces.names.length, 'faces');
  const reasons = await mapInFlight(set.faces.names, decodesInFlight(), async (_, face) => {
    progress.throwIfCancelled();
    const reason = await set.faces.problemOf(face);
    stage.advance();
    return reason;
  });
  const unreadable = reasons.flatMap((reason, face): LeftOut[] =>
    reason === null ? [] : [{ path: set.faces.names[face], reason }],
  );
  const usable = usableSet(set, unreadable);
  return {
    kind: protocol,
    title: set.title,
    path,
    fingerprint: set.fingerprint,
    counts: { ...countsOf(typeof usable === 'string' ? set : usable), unreadable: unreadable.length },
    notes: set.notes,
    leftOut: [...set.leftOut, ...unreadable],
    refusal: typeof usable === 'string' ? usable : null,
  };
}

/** What a benchmark compares, in numbers. */
export function countsOf(set: ProtocolSet): Record<string, number> {
  const people = countSubjects(set);
  const faces = { faces: set.faces.names.length, ...(people === null ? {} : { people }) };
  if (set.kind === 'pairs') {
    const genuine = set.pairs.filter(({ isGenuine }) => isGenuine).length;
    return {
      ...faces,
      pairs: set.pairs.length,
      genuinePairs: genuine,
      impostorPairs: set.pairs.length - genuine,
      folds: set.folds,
      pairsLeftOut: set.pairsLeftOut,
    };
  }
  if (set.kind === 'closed-set') return { ...faces, training: set.training.length, test: set.test.length };
  return {
    ...faces,
    gallery: set.gallery.length,
    probes: set.groups.reduce((sum, { probes }) => sum + probes.length, 0),
    missedSearches: set.missedSearches.length,
  };
}

/** The report as lines of text; long lists show their first ten entries. */
export function formatProtocolInspection(report: ProtocolInspection): string[] {
  const { leftOut } = report;
  return [
    `${printable(report.path)}: ${report.title}`,
    ...Object.entries(report.counts).map(
      ([name, count]) => `  ${name.padEnd(16)} ${count.toLocaleString('en-US')}`,
    ),
    `  ${'fingerprint'.padEnd(16)} ${report.fingerprint}`,
    ...report.notes.map((note) => `  note: ${note}`),
    ...(leftOut.length === 0 ? [] : [`  left out: ${leftOut.length}`]),
    ...leftOut.slice(0, EXAMPLES).map(({ path, reason }) => `    ${printable(path)} ${reason}`),
    ...(leftOut.length > EXAMPLES ? [`    … and ${leftOut.length - EXAMPLES} more`] : []),
    report.refusal === null ? '  a run is possible' : `  no run is possible: ${report.refusal}`,
  ];
}

/** The set without unreadable faces, or why the protocol does not hold without them. */
function usableSet(set: ProtocolSet, unreadable: readonly LeftOut[]): ProtocolSet | string {
  try {
    return withoutFaces(set, unreadable);
  } catch (error) {
    if (error instanceof GlimpseError && error.code === 'bad-dataset') return error.message;
    throw error;
  }
}
