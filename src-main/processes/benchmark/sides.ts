// Embeddings of both sides of a comparison, for any model: from the cache where they are there, else made, and nothing loaded
// before it is needed.

import { join } from 'node:path';
import { readJsonFile, sha256, writeFileAtomically } from '../../common/files.ts';
import { type Matrix, matrix, rowOf } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { datasetCacheFolder } from '../../datasets/dataset-cache.ts';
import type { ProtocolSet } from '../../datasets/protocols/protocol-set.ts';
import {
  adapt,
  embedOnline,
  type FaceBnSettings,
  type StatisticsByNorm,
} from '../../engine/adaptation/face-bn.ts';
import { type LayerShift, layerShifts } from '../../engine/adaptation/profile-file.ts';
import { createEmbedder } from '../../engine/embed.ts';
import { loadRuntime, type Runtime } from '../../engine/runtime/load.ts';
import { openOnnxTeacher, type Teacher } from '../../engine/teacher/onnx-teacher.ts';
import { embeddingKey } from '../../engine/teacher/teacher-card.ts';
import { ensureViews, readAlignedFace } from '../../engine/teacher/view-cache.ts';
import { fuseFlipped } from '../../evaluation/similarity.ts';
import { mirror, type RgbImage } from '../../imaging/image.ts';
import { BicubicResizer } from '../../imaging/resample.ts';
import { DEFAULT_VIEW_RECIPE } from '../../imaging/views.ts';
import { type OpenStudent, openStudent } from '../jobs/student.ts';
import { type EmbeddingKey, EmbeddingStore } from './embedding-store.ts';
import type { BenchmarkModels, StudentModel } from './models.ts';
import type { PaceBook } from './pace.ts';
import type { AdaptationMode, BenchmarkRequest } from './request.ts';

const FACES_PER_BATCH = 64;
const PIECE_FACES = 512;
/** Raised whenever embeddings would come out differently. */
const VERSION = 1;

/** A side: what embeds it, whether mirrored, and from how many pixels. */
export interface SideSpec {
  readonly kind: 'hr' | 'teacher' | 'student';
  readonly model: StudentModel | null;
  readonly resolutionPx: number;
  readonly adaptation: AdaptationMode;
  readonly mirrored: boolean;
}

interface KeptAdaptation {
  readonly statistics: StatisticsByNorm;
  readonly shifts: readonly LayerShift[];
}

export class SideMaker {
  readonly #request: BenchmarkRequest;
  readonly #set: ProtocolSet;
  readonly #models: BenchmarkModels;
  readonly #progress: ProgressToken;
  readonly #pace: PaceBook;
  readonly #store: EmbeddingStore;
  readonly #folder: string;
  readonly #students = new Map<string, OpenStudent>();
  readonly #pixels = new Map<string, Promise<Uint8Array>>();
  readonly #adaptations = new Map<string, Promise<KeptAdaptation>>();
  #teacher: Teacher | null = null;
  #runtime: Runtime | null = null;

  constructor(
    request: BenchmarkRequest,
    set: ProtocolSet,
    models: BenchmarkModels,
    pace: PaceBook,
    progress: ProgressToken,
  ) {
    this.#request = request;
    this.#set = set;
    this.#models = models;
    this.#pace = pace;
    this.#progress = progress;
    this.#folder = datasetCacheFolder(request.cacheFolder, set.fingerprint);
    this.#store = new EmbeddingStore(this.#folder);
  }

  get runtime(): Runtime {
    this.#runtime ??= loadRuntime();
    return this.#runtime;
  }

  /** Whether TensorFlow was needed. */
  get usedRuntime(): boolean {
    return this.#runtime !== null;
  }

  async dispose(): Promise<void> {
    for (const student of this.#students.values()) student.dispose();
    await this.#teacher?.dispose();
  }

  /** N × D unit rows, one per face of the set; with flip fusion the mean with the mirrored faces'. */
  async embed(spec: Omit<SideSpec, 'mirrored'>): Promise<Matrix> {
    const plain = await this.#embedView({ ...spec, mirrored: false });
    if (!this.#request.flipFusion) return plain;
    return fuseFlipped(plain, await this.#embedView({ ...spec, mirrored: true }));
  }

  /** Faces that a side still has to embed. */
  missing(spec: SideSpec): Promise<number> {
    return this.#store.missing({ ...this.#shapeOf(spec), key: this.#keyOf(spec) });
  }

  /** How far a student's layers moved on these faces; null without adaptation that keeps statistics. */
  async layers(model: StudentModel, adaptation: AdaptationMode): Promise<readonly LayerShift[] | null> {
    if (adaptation === 'none' || adaptation === 'online') return null;
    const known = (await readJsonFile(this.#layersPath(model, adaptation)).catch(() => null)) as
      | LayerShift[]
      | null;
    if (known !== null) return known;
    return (await this.#adaptation(model, adaptation)).shifts;
  }

  async #embedView(spec: SideSpec): Promise<Matrix> {
    const before = performance.now();
    const missing = await this.missing(spec);
    const close: (() => void)[] = [];
    try {
      const embed = await this.#embedderOf(spec, close);
      const request = { ...this.#shapeOf(spec), key: this.#keyOf(spec), stage: stageOf(spec), embed };
      const rows = await this.#store.ensure(request, this.#progress);
      this.#pace.record(paceKeyOf(spec, this.#models), missing, (performance.now() - before) / 1000);
      return rows;
    } finally {
      for (const dispose of close) dispose();
    }
  }

  /** What embeds a range of faces. Loading is left to its first call: a piece that is cached needs none. */
  async #embedderOf(
    spec: SideSpec,
    close: (() => void)[],
  ): Promise<(first: number, end: number) => Promise<Matrix>> {
    if (spec.kind === 'hr') return (first, end) => this.#embedFullSize(first, end, spec.mirrored);
    if (spec.kind === 'teacher') {
      return async (first, end) => {
        const faces = splitFaces(await this.#slice(spec, first, end), spec.resolutionPx);
        const { inputSizePx } = this.#models.teacher.card;
        const size = { width: spec.resolutionPx, height: spec.resolutionPx };
        const enlarge = new BicubicResizer(size, { width: inputSizePx, height: inputSizePx });
        return this.#askTeacher(faces.map((face) => enlarge.resize(face)));
      };
    }
    const model = spec.model as StudentModel;
    if (spec.adaptation === 'online') {
      return async (first, end) => {
        const student = await this.#student(model);
        const pixels = await this.#slice(spec, first, end);
        return embedOnline(
          this.runtime,
          student.network,
          model.trained.statistics,
          pixels,
          this.#faceBn('online'),
        );
      };
    }
    const opened: { embedder: ReturnType<typeof createEmbedder> | null } = { embedder: null };
    return async (first, end) => {
      if (opened.embedder === null) {
        const statistics =
          spec.adaptation === 'none'
            ? model.trained.statistics
            : (await this.#adaptation(model, spec.adaptation)).statistics;
        opened.embedder = createEmbedder(this.runtime, model.trained, statistics);
        close.push(() => opened.embedder?.dispose());
      }
      return opened.embedder.embed(await this.#slice(spec, first, end));
    };
  }

  /** The same for the plain and the mirrored faces: made once. */
  #adaptation(model: StudentModel, mode: AdaptationMode): Promise<KeptAdaptation> {
    const key = `${model.digest} ${mode}`;
    const made = this.#adaptations.get(key) ?? this.#adapt(model, mode);
    this.#adaptations.set(key, made);
    return made;
  }

  /** FaceBN on what a deployment would have beforehand: the gallery, the training faces, or all faces of pairs. */
  async #adapt(model: StudentModel, mode: AdaptationMode): Promise<KeptAdaptation> {
    const student = await this.#student(model);
    const { resolutionPx } = model.trained.card.spec;
    const all = await this.#pixelsOf(resolutionPx, false);
    const faces = adaptationFaces(this.#set);
    const pixels = faces === null ? all : gather(all, faces, resolutionPx ** 2 * 3);
    const settings = this.#faceBn(mode);
    const training = model.trained.statistics;
    const adaptation = adapt(this.runtime, student.network, training, pixels, settings, this.#progress);
    const shifts = layerShifts(training, adaptation);
    await writeFileAtomically(this.#layersPath(model, mode), `${JSON.stringify(shifts)}\n`);
    return { statistics: adaptation.statistics, shifts };
  }

  #faceBn(mode: AdaptationMode): FaceBnSettings {
    return { ...this.#request.faceBn, mode: mode === 'pooled' ? 'pooled' : 'calibrated' };
  }

  #layersPath(model: StudentModel, mode: AdaptationMode): string {
    const key = sha256(JSON.stringify([VERSION, model.digest, this.#statisticsKey(mode)])).slice(0, 16);
    return join(this.#folder, `layers-${key}.json`);
  }

  async #embedFullSize(first: number, end: number, mirrored: boolean): Promise<Matrix> {
    const rows = new Float32Array((end - first) * this.#models.teacher.card.embeddingSize);
    let embedding: Promise<void> = Promise.resolve();
    for (let at = first; at < end; at += FACES_PER_BATCH) {
      this.#progress.throwIfCancelled();
      const indices = Array.from({ length: Math.min(FACES_PER_BATCH, end - at) }, (_, offset) => at + offset);
      const read = await Promise.all(indices.map((index) => readAlignedFace(this.#set.faces, index)));
      await embedding;
      const offset = (at - first) * this.#models.teacher.card.embeddingSize;
      embedding = this.#askTeacher(mirrored ? read.map(mirror) : read).then(({ values }) =>
        rows.set(values, offset),
      );
      // It is awaited one batch later; until then a failure must not count as unhandled.
      embedding.catch(() => {});
    }
    await embedding;
    return matrix(rows, this.#models.teacher.card.embeddingSize);
  }

  async #askTeacher(faces: readonly RgbImage[]): Promise<Matrix> {
    const { card, modelPath } = this.#models.teacher;
    this.#teacher ??= await openOnnxTeacher(modelPath, card);
    const rows = matrix(new Float32Array(faces.length * card.embeddingSize), card.embeddingSize);
    for (let first = 0; first < faces.length; first += FACES_PER_BATCH) {
      this.#progress.throwIfCancelled();
      const embedded = await this.#teacher.embed(faces.slice(first, first + FACES_PER_BATCH));
      for (const [offset, row] of embedded.entries()) rowOf(rows, first + offset).set(row);
    }
    return rows;
  }

  async #student(model: StudentModel): Promise<OpenStudent> {
    const known = this.#students.get(model.digest);
    if (known !== undefined) return known;
    const { dataFolder, callerFolder } = this.#request;
    const student = await openStudent(this.runtime, model.path, {
      dataFolder,
      callerFolder,
      profile: null,
    });
    this.#students.set(model.digest, student);
    return student;
  }

  async #slice({ resolutionPx, mirrored }: SideSpec, first: number, end: number): Promise<Uint8Array> {
    const bytes = resolutionPx ** 2 * 3;
    return (await this.#pixelsOf(resolutionPx, mirrored)).subarray(first * bytes, end * bytes);
  }

  /** All faces at a resolution, made once for all models. */
  #pixelsOf(resolutionPx: number, mirrored: boolean): Promise<Uint8Array> {
    const key = `${resolutionPx} ${mirrored}`;
    const known = this.#pixels.get(key);
    if (known !== undefined) return known;
    const made = ensureViews(
      {
        dataset: this.#set.faces,
        fingerprint: this.#set.fingerprint,
        teacher: null,
        recipe: DEFAULT_VIEW_RECIPE,
        teacherViews: 1,
        mirrored: this.#request.flipFusion,
        resolutionPx,
        cacheFolder: this.#request.cacheFolder,
      },
      this.#progress,
    ).then((views) => views[mirrored ? 1 : 0].pixels);
    this.#pixels.set(key, made);
    return made;
  }

  #shapeOf({ kind, model, adaptation }: SideSpec) {
    const faces = this.#set.faces.names.length;
    const size = kind === 'student' ? model?.trained.card.spec.embeddingSize : undefined;
    return {
      faces,
      embeddingSize: size ?? this.#models.teacher.card.embeddingSize,
      // Online results depend on the faces before: there is no part of them.
      pieceFaces: adaptation === 'online' ? Math.max(1, faces) : PIECE_FACES,
    };
  }

  #keyOf(spec: SideSpec): EmbeddingKey {
    const { kind, model, resolutionPx, adaptation, mirrored } = spec;
    const name = model?.digest ?? embeddingKey(this.#models.teacher.card);
    const key = { version: VERSION, side: kind, model: name, mirrored };
    if (kind === 'hr') return key;
    return { ...key, resolutionPx, statistics: this.#statisticsKey(adaptation) };
  }

  #statisticsKey(adaptation: AdaptationMode): string {
    if (adaptation === 'none') return 'training';
    const { gamma, lambda, batchSize, minBatch } = this.#request.faceBn;
    const strength = adaptation === 'pooled' ? { lambda } : { gamma };
    return JSON.stringify({ adaptation, ...strength, batchSize, minBatch, on: this.#set.kind });
  }
}

/** Under which name a side's speed is remembered. */
export function paceKeyOf({ kind, model, resolutionPx }: SideSpec, { teacher }: BenchmarkModels): string {
  if (kind === 'student') return `student ${model?.digest.slice(0, 16)}`;
  return kind === 'hr'
    ? `hr ${embeddingKey(teacher.card)}`
    : `teacher ${embeddingKey(teacher.card)} ${resolutionPx}`;
}

export function stageOf({ kind, model, resolutionPx, adaptation, mirrored }: SideSpec): string {
  const what =
    kind === 'hr'
      ? 'teacher, full size'
      : kind === 'teacher'
        ? `teacher, upsampled ${resolutionPx} px`
        : `${model?.entry.name}, ${resolutionPx} px${adaptation === 'none' ? '' : `, ${adaptation}`}`;
  return mirrored ? `${what}, mirrored` : what;
}

/** Null for all faces. */
function adaptationFaces(set: ProtocolSet): readonly number[] | null {
  if (set.kind === 'pairs') return null;
  return set.kind === 'closed-set' ? set.training : set.gallery;
}

function gather(pixels: Uint8Array, faces: readonly number[], bytes: number): Uint8Array {
  const gathered = new Uint8Array(faces.length * bytes);
  for (const [place, face] of faces.entries())
    gathered.set(pixels.subarray(face * bytes, (face + 1) * bytes), place * bytes);
  return gathered;
}

function splitFaces(pixels: Uint8Array, sizePx: number): RgbImage[] {
  const bytes = sizePx ** 2 * 3;
  return Array.from({ length: pixels.length / bytes }, (_, face) => ({
    width: sizePx,
    height: sizePx,
    data: pixels.subarray(face * bytes, (face + 1) * bytes),
  }));
}
