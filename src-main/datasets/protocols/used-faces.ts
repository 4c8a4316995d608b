// A set over the faces that it uses alone, and pairs cut into other folds than their own.

import { sha256 } from '../../common/files.ts';
import { subsetSource } from '../face-source.ts';
import { blockOf } from './insightface-bin.ts';
import { checkProtocol, type PairSet, type ProtocolSet } from './protocol-set.ts';

/**
 * The same comparisons over the faces that take part, each once, in order: what does not decode is never read again. What is
 * kept by the fingerprint is kept for these faces, so that it says which they are.
 */
export function onlyUsedFaces(set: ProtocolSet): ProtocolSet {
  const used = [...new Set(facesIn(set))].sort((a, b) => a - b);
  if (used.length === set.faces.names.length) return set;
  const newIndexOf = new Map(used.map((face, index) => [face, index]));
  const renumber = (face: number): number => newIndexOf.get(face) ?? -1;
  const faces = subsetSource(set.faces, used);
  const fingerprint = sha256(set.fingerprint, `faces ${used.join()}`);
  const subjectsOf = (subjects: Int32Array): Int32Array => Int32Array.from(used, (face) => subjects[face]);
  if (set.kind === 'pairs') {
    const pairs = set.pairs.map((pair) => ({
      ...pair,
      left: renumber(pair.left),
      right: renumber(pair.right),
    }));
    return { ...set, faces, fingerprint, subjects: set.subjects && subjectsOf(set.subjects), pairs };
  }
  const subjects = subjectsOf(set.subjects);
  if (set.kind === 'closed-set')
    return {
      ...set,
      faces,
      fingerprint,
      subjects,
      training: set.training.map(renumber),
      test: set.test.map(renumber),
    };
  const groups = set.groups.map(({ name, probes }) => ({ name, probes: probes.map(renumber) }));
  return { ...set, faces, fingerprint, subjects, gallery: set.gallery.map(renumber), groups };
}

/** Cuts each class into so many blocks, in the pairs' order. Throws `bad-dataset` where a fold would lack a class. */
export function withFolds(set: PairSet, folds: number): PairSet {
  const counts = [true, false].map((kind) => set.pairs.filter(({ isGenuine }) => isGenuine === kind).length);
  const seen = [0, 0];
  const pairs = set.pairs.map((pair) => {
    const kind = pair.isGenuine ? 0 : 1;
    return { ...pair, fold: blockOf(seen[kind]++, counts[kind], folds) };
  });
  const note = `pairs were cut into ${folds} folds by their order (--folds); the protocol has ${set.folds}`;
  const cut = { ...set, pairs, folds, notes: [...set.notes, note] };
  checkProtocol(cut);
  return cut;
}

function facesIn(set: ProtocolSet): number[] {
  if (set.kind === 'pairs') return set.pairs.flatMap(({ left, right }) => [left, right]);
  if (set.kind === 'closed-set') return [...set.training, ...set.test];
  return [...set.gallery, ...set.groups.flatMap(({ probes }) => probes)];
}
