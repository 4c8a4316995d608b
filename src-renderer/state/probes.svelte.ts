// Probe pictures, the faces found in them, and which of those are looked for.

import type { Api } from '../api/bridge.ts';
import type { ClipTrackView, Point, ProbeFaceView, ProbePictureView, ProbeReference } from '../api/types.ts';
import { readBase64 } from '../lib/file-bytes.ts';
import { messageOf } from '../lib/folder-listing.ts';
import { words } from '../lib/language/words.ts';

export type { ClipTrackView, ProbeFaceView, ProbePictureView };

export interface ChosenFace {
  readonly picture: Pick<ProbePictureView, 'id' | 'name' | 'faces'>;
  readonly face: ProbeFaceView;
}

/** A face, track or subject of the gallery itself as the probe. */
export interface EnrolledProbe {
  readonly of: 'face' | 'track' | 'subject';
  readonly id: number;
  readonly label: string;
  readonly crop: string;
  readonly sizePx: number;
  readonly weight: number;
  readonly reasons: readonly string[];
  /** Landmarks in the crop, as shares of its sides; null where nobody knows them. */
  readonly marks: readonly Point[] | null;
}

const MOST_FACES = 64;
/** In base64 it is a third more. */
const MOST_BYTES = 45 * 2 ** 20;

export class Probes {
  pictures: readonly ProbePictureView[] = $state.raw([]);
  /** The picture that is shown large. */
  shown: string | null = $state(null);
  chosen: readonly ChosenFace[] = $state.raw([]);
  enrolled: EnrolledProbe | null = $state.raw(null);
  /** Pictures are taken as the face crops that they are. */
  areCrops = $state(false);
  reading: number = $state(0);
  /** What could not be taken, one sentence each. */
  problems: readonly string[] = $state.raw([]);
  readonly picture: ProbePictureView | null = $derived(
    this.pictures.find(({ id }) => id === this.shown) ?? this.pictures[0] ?? null,
  );
  readonly isEmpty: boolean = $derived(this.chosen.length === 0 && this.enrolled === null);
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  get reference(): ProbeReference | null {
    if (this.enrolled !== null) {
      const { of, id } = this.enrolled;
      return { kind: 'enrolled', of, id, includesOwn: false };
    }
    if (this.chosen.length === 0) return null;
    const faces = this.chosen.map(({ picture, face }) => ({ picture: picture.id, face: face.face }));
    return { kind: 'faces', faces };
  }

  /** Reads pictures one after the other; the main face of each is chosen. */
  async add(gallery: string | null, files: readonly File[]): Promise<void> {
    this.problems = [];
    for (const file of files) {
      await this.read(() => this.#readFile(gallery, file));
    }
  }

  /** A picture from wherever it comes; what is wrong with it is told in place. */
  async read(reading: () => Promise<ProbePictureView>): Promise<void> {
    this.reading++;
    try {
      const picture = await reading();
      this.pictures = [...this.pictures, picture];
      this.shown = picture.id;
      const main = picture.faces.find(({ face }) => face === picture.mainFace);
      if (main !== undefined) this.#choose({ picture, face: main });
    } catch (error) {
      this.problems = [...this.problems, messageOf(error)];
    } finally {
      this.reading--;
    }
  }

  async #readFile(gallery: string | null, file: File): Promise<ProbePictureView> {
    if (file.size === 0) throw new Error(words.search.probes.isEmpty(file.name));
    if (file.size > MOST_BYTES) throw new Error(words.search.probes.isLarge(file.name));
    const request = { gallery, name: file.name, data: await readBase64(file), isCrop: this.areCrops };
    return this.#api.call('probe.add', request);
  }

  isChosen(picture: ChosenFace['picture'], face: ProbeFaceView): boolean {
    return this.chosen.some((other) => other.picture.id === picture.id && other.face.face === face.face);
  }

  /** One face of a picture at a time, unless several are wanted: then faces come and go. */
  toggle(picture: ProbePictureView, face: ProbeFaceView, isAdded: boolean): void {
    if (this.isChosen(picture, face)) {
      this.remove({ picture, face });
      return;
    }
    if (!isAdded) this.chosen = this.chosen.filter((other) => other.picture.id !== picture.id);
    this.#choose({ picture, face });
  }

  remove({ picture, face }: ChosenFace): void {
    this.chosen = this.chosen.filter(
      (other) => other.picture.id !== picture.id || other.face.face !== face.face,
    );
  }

  removePicture(id: string): void {
    this.pictures = this.pictures.filter((picture) => picture.id !== id);
    this.chosen = this.chosen.filter(({ picture }) => picture.id !== id);
    if (this.shown === id) this.shown = null;
  }

  useEnrolled(probe: EnrolledProbe): void {
    this.enrolled = probe;
    this.chosen = [];
  }

  /** The faces of a clip's track, in place of what was chosen. */
  useTrack(clip: string, { number, picture: id, chosen }: ClipTrackView): void {
    this.enrolled = null;
    const picture = { id, name: words.clips.trackOf(clip, number), faces: chosen };
    this.chosen = chosen.map((face) => ({ picture, face }));
  }

  clear(): void {
    this.pictures = [];
    this.chosen = [];
    this.enrolled = null;
    this.problems = [];
    this.shown = null;
  }

  #choose(face: ChosenFace): void {
    this.enrolled = null;
    this.chosen = [...this.chosen, face].slice(-MOST_FACES);
  }
}
