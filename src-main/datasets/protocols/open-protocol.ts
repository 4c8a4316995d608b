// Opens a benchmark's data by its name, whichever form they lie in.

import { stat } from 'node:fs/promises';
import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { printable } from '../entries.ts';
import { openAgeDb } from './agedb.ts';
import { openInsightfaceBin } from './insightface-bin.ts';
import { openLfwSet } from './lfw-set.ts';
import type { ProtocolName, ProtocolSet } from './protocol-set.ts';
import { openScFace, openSurvFace, openTinyFace } from './search-folders.ts';
import { openSurvFacePairs } from './survface-pairs.ts';
import { openUccsClosedSet } from './uccs-closed-set.ts';
import { openUccsOpenSet } from './uccs-open-set.ts';

export interface OpenOptions {
  /** Fixes every draw: AgeDB's pairs, UCCS's subjects. */
  readonly seed: number;
  readonly missingImages: 'refuse' | 'skip';
}

/** The form that each benchmark's data are expected in, for help and messages. */
export const PROTOCOL_FORMS: Readonly<Record<ProtocolName, string>> = {
  lfw: 'a folder with pairs.txt, or a .bin file',
  agedb: 'a folder of id_name_age_gender.jpg, or a .bin file',
  'cfp-fp': 'a .bin file',
  calfw: 'a .bin file',
  cplfw: 'a .bin file',
  uccs: 'a folder with CSV tables of boxes and ids, and the pictures',
  'uccs-open': 'the folder of uccs, with a gallery, a truth and detection lists',
  tinyface: 'a folder with Probe, Gallery_Match and Gallery_Distractor',
  survface: 'a folder with gallery, mated_probe and unmated_probe',
  'survface-pairs': 'a folder with verification_images and the lists of pairs (.mat)',
  scface: 'a folder with 001_frontal.jpg and 001_cam1_1.jpg …',
};

/** Whether the path is a folder or a file as the benchmark's form asks. Throws `not-found` and `bad-usage`. */
export async function ensureProtocolForm(protocol: ProtocolName, path: string): Promise<'file' | 'folder'> {
  const status = await stat(path).catch(() => null);
  const form = PROTOCOL_FORMS[protocol];
  ensure(status !== null, 'not-found', `${printable(path)} does not exist: ${protocol} is read from ${form}`);
  const kind = status.isFile() ? 'file' : 'folder';
  const { takesFile, takesFolder } = takenBy(protocol);
  ensure(
    kind === 'file' ? takesFile : takesFolder,
    'bad-usage',
    `${printable(path)} is a ${kind}: ${protocol} is read from ${form}`,
  );
  return kind;
}

export function takenBy(protocol: ProtocolName): { takesFile: boolean; takesFolder: boolean } {
  const form = PROTOCOL_FORMS[protocol];
  return { takesFile: form.includes('.bin'), takesFolder: form.includes('folder') };
}

/** Throws `not-found`, `bad-dataset` and `bad-usage`, each naming the file and the rule. */
export async function openProtocol(
  protocol: ProtocolName,
  path: string,
  options: OpenOptions,
  progress: ProgressToken,
): Promise<ProtocolSet> {
  const kind = await ensureProtocolForm(protocol, path);
  if (kind === 'file') return openInsightfaceBin(path, protocol);
  switch (protocol) {
    case 'agedb':
      return openAgeDb(path, options.seed, progress);
    case 'uccs':
      return openUccsClosedSet(path, options.seed, progress);
    case 'uccs-open':
      return openUccsOpenSet(path, progress);
    case 'tinyface':
      return openTinyFace(path, progress);
    case 'survface':
      return openSurvFace(path, progress);
    case 'survface-pairs':
      return openSurvFacePairs(path, progress);
    case 'scface':
      return openScFace(path, progress);
    default:
      return openLfwSet(path, options.missingImages, progress);
  }
}
