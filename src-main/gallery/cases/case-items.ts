// What a case is made of: probes, searches as they were, notes, decisions. Nothing in it is changed afterwards, but by a purge.

export type Verdict = 'match' | 'no-match' | 'inconclusive';

export interface CaseRecord {
  readonly id: number;
  readonly title: string;
  readonly state: 'open' | 'closed';
  readonly createdBy: string;
  readonly createdAt: number;
}

/** Number of the purge that took names, pictures and digests out of it; absent where nothing was taken. */
interface MaybePurged {
  readonly purged?: number;
}

/** One face of a probe. Crop and picture by SHA-256, hex; null once purged. */
export interface CaseProbeFace extends MaybePurged {
  readonly path: string;
  readonly sha256: string | null;
  readonly crop: string | null;
  readonly face: number;
  readonly facesInPicture: number;
  /** Of a video, from 0; null for a picture. */
  readonly frame: number | null;
  readonly sizePx: number;
  readonly weight: number;
  readonly reasons: readonly string[];
}

export interface ProbeBody {
  readonly faces: readonly CaseProbeFace[];
}

/** What an FMR was measured on. */
export interface MeasuredOn {
  /** People of the gallery itself, or of a reference set. */
  readonly source: 'gallery' | 'reference';
  /** Faces behind either side, as bands: `1`, `2–3`, `4–7`, `8+`. */
  readonly probeFaces: string;
  readonly galleryFaces: string;
  /** Pairs of different people. */
  readonly pairs: number;
  readonly people: number;
}

/** One line of a result list as it was. */
export interface CaseResult extends MaybePurged {
  readonly rank: number;
  readonly score: number;
  readonly fmr: number | null;
  readonly fmrInterval: { readonly low: number; readonly high: number } | null;
  readonly measuredOn: MeasuredOn | null;
  readonly expectedFalseMatches: number | null;
  readonly log10LikelihoodRatio: number | null;
  readonly margin: number | null;
  readonly subject: string | null;
  readonly subjectId: number | null;
  readonly trackId: number | null;
  /** Null once purged. */
  readonly faceId: number | null;
  readonly faces: number;
  readonly camera: string | null;
  readonly capturedAt: number | null;
  readonly sourcePath: string;
  readonly sizePx: number;
  readonly weight: number;
  readonly reasons: readonly string[];
  /** Null once purged. */
  readonly crop: string | null;
}

export interface SearchBody {
  /** The item that holds its probe. */
  readonly probeItem: number;
  /** Everything it was asked with: answers by, count, threshold, filter, fusion, spaces of probe and gallery. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly searched: { readonly faces: number; readonly people: number };
  readonly results: readonly CaseResult[];
  readonly notes: readonly string[];
}

export interface NoteBody {
  readonly text: string;
}

export interface DecisionBody extends MaybePurged {
  /** `withdrawn` takes the one before it back. */
  readonly verdict: Verdict | 'withdrawn';
  readonly searchItem: number;
  readonly rank: number;
  readonly faceId: number | null;
  readonly trackId: number | null;
  readonly subjectId: number | null;
  readonly note: string;
  /** The decision on the same result that it replaces. */
  readonly supersedes: number | null;
}

export interface CaseBodies {
  readonly probe: ProbeBody;
  readonly search: SearchBody;
  readonly note: NoteBody;
  readonly decision: DecisionBody;
}

export type CaseItemKind = keyof CaseBodies;

export type CaseItemOf<Kind extends CaseItemKind> = {
  readonly id: number;
  readonly kind: Kind;
  readonly actor: string;
  readonly at: number;
  readonly body: CaseBodies[Kind];
};

export type CaseItem = { [Kind in CaseItemKind]: CaseItemOf<Kind> }[CaseItemKind];

/** The items of one kind, in order. */
export function itemsOfKind<Kind extends CaseItemKind>(
  items: readonly CaseItem[],
  kind: Kind,
): (CaseItem & CaseItemOf<Kind>)[] {
  return items.filter((item): item is CaseItem & CaseItemOf<Kind> => item.kind === kind);
}

/** The decision that stands on a result: the last one, unless it is withdrawn. Null where there is none. */
export function standingDecision(
  items: readonly CaseItem[],
  searchItem: number,
  rank: number,
): CaseItemOf<'decision'> | null {
  // The host asks too, by a Node that has no `findLast`.
  const last = itemsOfKind(items, 'decision')
    .filter(({ body }) => body.searchItem === searchItem && body.rank === rank)
    .at(-1);
  return last === undefined || last.body.verdict === 'withdrawn' ? null : last;
}
