// What the engine keeps open between calls: the face finder, and the models that were used last. A model goes only while nobody uses it.

import { sha256 } from '../../common/files.ts';
import { type FaceModels, faceModelsFolder, openFaceModels } from '../../engine/onnx/face-models.ts';
import { loadRuntime } from '../../engine/runtime/load.ts';
import { createPictureDecoder, type DecodePicture } from '../../engine/runtime/picture-decoder.ts';
import { decodeImage } from '../../imaging/decode.ts';
import { createFaceFinder, type FaceFinder } from '../../imaging/face-finder.ts';
import { type CropEmbedder, studentCropEmbedder, teacherCropEmbedder } from '../enrolment/crop-embedder.ts';
import { openStudent } from '../jobs/student.ts';
import { openTeacher } from '../jobs/teachers.ts';

export interface ProbeModel {
  readonly kind: 'student' | 'teacher';
  /** A run's or a teacher's name. */
  readonly name: string;
  /** FaceBN profile of a student: its file, and what it is called in messages. */
  readonly profile: { readonly name: string; readonly content: Uint8Array } | null;
}

/** Two of a gallery that is searched, two of one that is enrolled into. */
const MOST_OPEN_MODELS = 4;

interface OpenModel {
  readonly opening: Promise<CropEmbedder>;
  users: number;
}

export class OpenModels {
  readonly #dataFolder: string;
  /** The one used last stands last. */
  readonly #open = new Map<string, OpenModel>();
  #decode: DecodePicture | null = null;
  #finder: Promise<{ models: FaceModels; finder: FaceFinder }> | null = null;

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  async finder(): Promise<FaceFinder> {
    this.#finder ??= openFaceModels(faceModelsFolder()).then((models) => ({
      models,
      finder: createFaceFinder(models),
    }));
    return (await this.#finder).finder;
  }

  /** What decodes pictures for these models: TensorFlow where one of them loads it anyway. */
  decoderFor(models: readonly ProbeModel[]): DecodePicture {
    if (!models.some(({ kind }) => kind === 'student')) return decodeImage;
    this.#decode ??= createPictureDecoder(loadRuntime());
    return this.#decode;
  }

  /** Opens the model where it is not open, and keeps it open while `work` uses it. */
  async use<Result>(model: ProbeModel, work: (embedder: CropEmbedder) => Promise<Result>): Promise<Result> {
    const key = keyOf(model);
    const entry = this.#open.get(key) ?? { opening: this.#openModel(model), users: 0 };
    this.#open.delete(key);
    this.#open.set(key, entry);
    entry.users++;
    try {
      return await work(await entry.opening);
    } catch (error) {
      // A model that could not be opened is tried again the next time.
      await entry.opening.catch(() => this.#open.get(key) === entry && this.#open.delete(key));
      throw error;
    } finally {
      entry.users--;
      await this.#closeOldest();
    }
  }

  async dispose(): Promise<void> {
    for (const { opening } of this.#open.values()) await (await opening).dispose();
    await (await this.#finder)?.models.dispose();
  }

  async #closeOldest(): Promise<void> {
    for (const [key, { opening, users }] of this.#open) {
      if (this.#open.size <= MOST_OPEN_MODELS) return;
      if (users > 0) continue;
      this.#open.delete(key);
      await (await opening).dispose();
    }
  }

  async #openModel({ kind, name, profile }: ProbeModel): Promise<CropEmbedder> {
    if (kind === 'teacher') return teacherCropEmbedder(await openTeacher(this.#dataFolder, name));
    const runtime = loadRuntime();
    const folders = { dataFolder: this.#dataFolder, callerFolder: this.#dataFolder };
    const student = await openStudent(runtime, name, { ...folders, profile });
    try {
      return studentCropEmbedder(runtime, student, profile?.content ?? null);
    } finally {
      student.dispose();
    }
  }
}

function keyOf({ kind, name, profile }: ProbeModel): string {
  return JSON.stringify([kind, name, profile && sha256(profile.content)]);
}
