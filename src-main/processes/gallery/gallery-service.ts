// What the gallery process can be asked, and what it announces: plain values and typed arrays only.

import type { FaceBnSettings } from '../../engine/adaptation/face-bn.ts';
import type { ScoreMeaning } from '../../evaluation/score-meaning.ts';
import type { AuditEntry, AuditVerdict } from '../../gallery/audit/audit-log.ts';
import type { CaseItem, CaseRecord, Verdict } from '../../gallery/cases/case-items.ts';
import type { CaseSummary } from '../../gallery/cases/cases.ts';
import type { ChangeRecord, NewOwner } from '../../gallery/changes/changes.ts';
import type { IntegrityReport } from '../../gallery/db/integrity.ts';
import type { EnrolledReference } from '../../gallery/db/queries/enrolled-faces.ts';
import type { FaceCursor, FacePageOptions } from '../../gallery/db/queries/face-pages.ts';
import type { Face } from '../../gallery/db/queries/faces.ts';
import type { StoredProfile } from '../../gallery/db/queries/profiles.ts';
import type { CountedSpace, Side, Space, SpaceKey } from '../../gallery/db/queries/spaces.ts';
import type { Subject } from '../../gallery/db/queries/subjects.ts';
import type { Track } from '../../gallery/db/queries/tracks.ts';
import type { WantedSpace } from '../../gallery/enrol/import-spaces.ts';
import type { PurgeReport } from '../../gallery/purge/purge.ts';
import type { PurgeRule } from '../../gallery/purge/rule.ts';
import type { Encoding } from '../../gallery/search/layout.ts';
import type { TrackerOptions } from '../../gallery/tracking/face-tracker.ts';
import type { PackageReport } from '../exports/package-writer.ts';
import type { ReferenceVectors } from '../search/measured-meaning.ts';
import type { Probe, ProbeEntry } from '../search/probe.ts';
import type { SearchReport, SearchRequest } from '../search/search-job.ts';
import type { CareMethods } from './care-service.ts';
import type { EnrolmentMethods } from './enrolment-service.ts';
import type { ModelUses } from './model-uses.ts';
import type { PeopleMethods } from './people-service.ts';
import type { CaseAudit } from './reader-jobs.ts';
import type { ScoreCurves } from './score-curves.ts';

/** An open gallery's number in this process. */
export interface InGallery {
  readonly gallery: number;
}

export interface GalleryEntry {
  readonly name: string;
  readonly folder: string;
  /** Its number where this process has it open. */
  readonly gallery: number | null;
}

export interface OpenRequest {
  readonly folder: string;
  /** Who is at the keyboard, for the audit log. */
  readonly actor: string;
  /** `compact` takes a quarter of the memory; `exact` by default. */
  readonly encoding?: Encoding;
}

export interface OpenedGallery extends InGallery {
  readonly name: string;
  readonly folder: string;
}

/** A face whose crop is named by its SHA-256 in hex. */
export type FaceRow = Omit<Face, 'crop'> & { readonly crop: string };

/** How a FaceBN profile came about, as its file says. */
export interface SpaceFaceBn extends Pick<FaceBnSettings, 'mode' | 'gamma' | 'lambda'> {
  /** The gallery, camera or folder that its faces are of. */
  readonly source: string;
  readonly faces: number;
}

/** A space with the name of its FaceBN profile; null without one. */
export interface SpaceRow extends CountedSpace {
  readonly profile: string | null;
  readonly faceBn: SpaceFaceBn | null;
}

export interface Overview {
  readonly name: string;
  readonly faces: number;
  readonly tracks: number;
  readonly unknownTracks: number;
  readonly subjects: number;
  readonly cameras: number;
  readonly cases: number;
  /** It holds people whom Glimpse has drawn. */
  readonly isDrawn: boolean;
  /** Capture times of the first and last face, milliseconds since 1970; null where none is known. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly spaces: readonly SpaceRow[];
  /** Of its database, with what its journal still holds. */
  readonly bytes: number;
}

export interface FacePage {
  readonly faces: readonly FaceRow[];
  /** Where the next page starts; null after the last one. */
  readonly next: FaceCursor | null;
}

/** An embedded probe, its faces by themselves, or an enrolled face, track or subject. */
export type GalleryProbe =
  | { readonly kind: 'embedded'; readonly probe: Probe }
  | {
      readonly kind: 'faces';
      readonly entries: readonly ProbeEntry[];
      readonly space: SpaceKey;
      readonly fusion: 'template' | 'max';
    }
  | {
      readonly kind: 'enrolled';
      readonly reference: EnrolledReference;
      /** Null takes the low-resolution side where there is one. */
      readonly side: Side | null;
      readonly fusion: 'template' | 'max';
      /** Otherwise its own track, or its own subject where that answers as one, is left out. */
      readonly includesOwn: boolean;
    };

export type GallerySearch = Omit<SearchRequest, 'probe'> & InGallery & { readonly probe: GalleryProbe };

/** A search with its number, and the crop of each result by its SHA-256 in hex. */
export interface FoundResults {
  readonly search: number;
  readonly report: SearchReport;
  readonly crops: readonly string[];
  /** Null where what the scores mean was not measured. */
  readonly curves: (ScoreCurves & { readonly isOld: boolean }) | null;
  readonly searchMs: number;
}

/** What can be done to subjects and tracks; each is undoable. */
export type GalleryChange =
  | { readonly kind: 'rename'; readonly subject: number; readonly name: string | null }
  | { readonly kind: 'merge'; readonly subject: number; readonly others: readonly number[] }
  | { readonly kind: 'move'; readonly tracks: readonly number[]; readonly owner: NewOwner }
  | { readonly kind: 'split'; readonly track: number; readonly faces: readonly number[] }
  | { readonly kind: 'join'; readonly track: number; readonly others: readonly number[] }
  | { readonly kind: 'undo'; readonly change: number }
  | { readonly kind: 'redo'; readonly change: number };

/** Whose embeddings probes have, and whose answer them. */
export interface SearchedSides {
  readonly probes: Side;
  readonly answers: Side;
}

export interface MeaningState {
  readonly meaning: ScoreMeaning;
  /** Faces and subjects have changed since. */
  readonly isOld: boolean;
}

export interface Method<Params, Result> {
  readonly params: Params;
  readonly result: Result;
}

export interface GalleryService {
  readonly methods: CareMethods &
    EnrolmentMethods &
    PeopleMethods & {
      /** Answers once the process is up. */
      readonly hello: Method<null, { readonly pid: number; readonly residentBytes: number }>;
      /** The galleries of a data folder. */
      readonly list: Method<{ readonly dataFolder: string }, readonly GalleryEntry[]>;
      readonly modelUses: Method<{ readonly dataFolder: string }, ModelUses>;
      readonly create: Method<OpenRequest, OpenedGallery>;
      /** Opens and holds it; `in-use` names the process that holds it already. The same folder again gives the same number. */
      readonly open: Method<OpenRequest, OpenedGallery>;
      readonly close: Method<InGallery, null>;

      readonly overview: Method<InGallery, Overview>;
      readonly cameras: Method<
        InGallery,
        readonly { readonly id: number; readonly name: string; readonly faces: number }[]
      >;
      readonly facePage: Method<
        InGallery & FacePageOptions & { readonly after: FaceCursor | null; readonly limit: number },
        FacePage
      >;
      /** Numbers of all faces in an order: what a grid of a million needs to jump anywhere in it. */
      readonly faceOrder: Method<InGallery & FacePageOptions, Float64Array>;
      readonly facesById: Method<InGallery & { readonly ids: readonly number[] }, readonly FaceRow[]>;
      readonly subjectPage: Method<
        InGallery & {
          readonly text: string | null;
          readonly after: Pick<Subject, 'id' | 'name'> | null;
          readonly limit: number;
        },
        readonly Subject[]
      >;
      readonly subject: Method<
        InGallery & { readonly id: number },
        { readonly subject: Subject; readonly tracks: readonly Track[] }
      >;
      readonly track: Method<
        InGallery & { readonly id: number },
        { readonly track: Track; readonly faces: readonly FaceRow[] }
      >;
      /** The file of a crop by its SHA-256 in hex; nothing else can be read. */
      readonly crop: Method<InGallery & { readonly digest: string }, Uint8Array>;

      /** Loads what answers on a side, so that the first search need not. */
      readonly warmUp: Method<InGallery & { readonly side: Side }, { readonly faces: number }>;
      readonly search: Method<GallerySearch, SearchReport>;
      /** The same, kept for a case, with what a window shows of it. */
      readonly find: Method<GallerySearch, FoundResults>;
      /** What each face of a kept search's probe adds to a result; empty for an enrolled probe. */
      readonly faceGains: Method<
        InGallery & { readonly search: number; readonly rank: number },
        readonly { readonly alone: number; readonly together: number }[]
      >;
      /** When two faces of a clip are one person's, by what scores mean here. */
      readonly trackerOptions: Method<InGallery & { readonly side: Side }, TrackerOptions>;
      readonly profile: Method<InGallery & { readonly digest: string }, StoredProfile | null>;
      /** Measures what scores mean in a direction, and keeps it: from the gallery's own known subjects, or, where few are, by a reference. */
      readonly measureMeaning: Method<
        InGallery & SearchedSides & { readonly reference: ReferenceVectors | null },
        ScoreMeaning
      >;
      readonly meaning: Method<InGallery & SearchedSides, MeaningState | null>;

      /** Newest first. */
      readonly cases: Method<InGallery, readonly CaseSummary[]>;
      readonly createCase: Method<InGallery & { readonly title: string }, CaseRecord>;
      readonly readCase: Method<
        InGallery & { readonly id: number },
        { readonly record: CaseRecord; readonly items: readonly CaseItem[] }
      >;
      readonly addNote: Method<InGallery & { readonly id: number; readonly text: string }, number>;
      /** A kept search; results below the threshold stay out. */
      readonly addSearch: Method<
        InGallery & { readonly id: number; readonly search: number; readonly threshold: number | null },
        { readonly probeItem: number; readonly searchItem: number }
      >;
      readonly decide: Method<
        InGallery & {
          readonly id: number;
          readonly verdict: Verdict | 'withdrawn';
          readonly searchItem: number | null;
          readonly rank: number;
          readonly note: string;
        },
        number
      >;
      readonly setCaseState: Method<
        InGallery & { readonly id: number; readonly state: CaseRecord['state'] },
        null
      >;
      readonly caseAudit: Method<InGallery & { readonly id: number }, CaseAudit>;
      readonly exportCase: Method<
        InGallery & { readonly id: number; readonly target: string },
        PackageReport
      >;
      /** The case as the one HTML page that becomes a PDF. */
      readonly writeCasePage: Method<InGallery & { readonly id: number; readonly page: string }, null>;

      /** A space to be filled from stored crops; the active one answers until `activateSpace`. */
      readonly beginSpace: Method<
        InGallery & WantedSpace,
        { readonly space: Space; readonly faces: number; readonly embedded: number }
      >;
      /** Faces after a number that have no embedding in it yet, by number and crop. */
      readonly spaceTodo: Method<
        InGallery & { readonly space: number; readonly after: number; readonly limit: number },
        readonly { readonly id: number; readonly crop: string }[]
      >;
      readonly fillSpace: Method<
        InGallery & {
          readonly space: Space;
          readonly entries: readonly { readonly faceId: number; readonly vector: Float32Array }[];
        },
        null
      >;
      readonly activateSpace: Method<InGallery & { readonly space: number }, null>;

      /** The number of the change that was made, undone or done again. */
      readonly change: Method<InGallery & { readonly change: GalleryChange }, number>;
      readonly changes: Method<InGallery & { readonly limit: number }, readonly ChangeRecord[]>;

      readonly verify: Method<InGallery, IntegrityReport>;
      readonly backUp: Method<InGallery & { readonly folder: string }, { readonly faces: number }>;
      /** Waits for the calls that are under way; those that do more than look at it wait for it. Kept searches are forgotten. */
      readonly purge: Method<InGallery & { readonly rule: PurgeRule }, PurgeReport>;
      readonly audit: Method<
        InGallery & { readonly after: number; readonly limit: number },
        readonly AuditEntry[]
      >;
      readonly verifyAudit: Method<InGallery, AuditVerdict>;
    };
  readonly events: {
    /** A batch of an enrolment was committed. */
    readonly facesAdded: InGallery & { readonly importId: number; readonly faces: number };
    /** Something else was committed: what was shown of the gallery may be old. */
    readonly changed: InGallery & {
      readonly what: 'subjects' | 'spaces' | 'purge' | 'meaning' | 'cases' | 'labels' | 'retention';
    };
    readonly closed: InGallery;
  };
}
