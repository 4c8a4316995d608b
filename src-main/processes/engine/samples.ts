// Faces as a training will see them: each view at full resolution for the teacher, degraded for the student.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sha256, writeFileAtomically } from '../../common/files.ts';
import { Rng } from '../../common/rng.ts';
import type { SampleFace, ViewName } from '../../contract/training.ts';
import type { TrainingSettings } from '../../contract/training-settings.ts';
import { listIdentityFolders } from '../../datasets/identity-folders.ts';
import { ALIGNED_SIZE_PX, readAlignedFace } from '../../engine/teacher/view-cache.ts';
import { encodePng } from '../../imaging/encode.ts';
import type { RgbImage } from '../../imaging/image.ts';
import { BicubicResizer } from '../../imaging/resample.ts';
import { renderView } from '../../imaging/views.ts';

const FACES = 6;
const VIEW_NAMES: readonly ViewName[] = ['plain', 'mirrored', 'jittered'];

/** `draw` chooses other faces. The pictures go to `cache/samples/`, named by their content. */
export async function drawSamples(
  data: string,
  { network, viewRecipe, teacherViews }: TrainingSettings,
  draw: number,
  cacheFolder: string,
): Promise<SampleFace[]> {
  const dataset = await listIdentityFolders(data);
  const order = Rng.seeded(1, draw).shuffle(Int32Array.from(dataset.labels, (_, face) => face));
  const side = { width: ALIGNED_SIZE_PX, height: ALIGNED_SIZE_PX };
  const degrade = new BicubicResizer(side, { width: network.resolutionPx, height: network.resolutionPx });
  const names = teacherViews > 1 ? VIEW_NAMES : VIEW_NAMES.slice(0, 2);
  const save = (image: RgbImage): Promise<string> => savePicture(image, cacheFolder);
  const samples: SampleFace[] = [];
  for (const face of order.slice(0, FACES)) {
    const picture = await readAlignedFace(dataset, face);
    const views = names.map(async (name, view) => {
      const hr = renderView(picture, viewRecipe, face, view);
      return { name, hr: await save(hr), lr: await save(degrade.resize(hr)) };
    });
    samples.push({ identity: dataset.identities[dataset.labels[face]], views: await Promise.all(views) });
  }
  return samples;
}

/** Keeps a picture as PNG where the window may see it; returns its name below `/images/`. */
export async function savePicture(image: RgbImage, cacheFolder: string): Promise<string> {
  return savePng(await encodePng(image), cacheFolder);
}

/** Keeps a picture where the window may see it; returns its name below `/images/`. */
export async function savePng(png: Uint8Array, cacheFolder: string): Promise<string> {
  const name = `${sha256(png)}.png`;
  const path = join(cacheFolder, 'samples', name);
  if (!existsSync(path)) await writeFileAtomically(path, png);
  return `samples/${name}`;
}
