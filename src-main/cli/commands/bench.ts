// `glimpse bench <name>`: speed beside a named baseline in the same run, and one JSON object.

import { availableParallelism } from 'node:os';
import { Argument } from 'commander';
import { Rng } from '../../common/rng.ts';
import { medianOf } from '../../common/statistics.ts';
import { createFoldedEmbedder } from '../../engine/embed.ts';
import { benchEmbed } from '../../engine/export/bench-embed.ts';
import { benchMining } from '../../engine/mining/bench-mining.ts';
import { planNetwork } from '../../engine/models/plan.ts';
import { randomFoldedNetwork } from '../../engine/models/random-folded-network.ts';
import { faceModelsFolder, openFaceModels } from '../../engine/onnx/face-models.ts';
import { loadRuntime } from '../../engine/runtime/load.ts';
import { createPictureDecoder } from '../../engine/runtime/picture-decoder.ts';
import {
  benchmarkOptions,
  benchTrainingStep,
  type StepBenchResult,
} from '../../engine/training/bench-step.ts';
import { presetSettings } from '../../engine/training/settings.ts';
import { benchSearch } from '../../gallery/search/bench-search.ts';
import { usearchFlat } from '../../gallery/search/usearch-flat.ts';
import { decodeImageFile } from '../../imaging/decode.ts';
import { createFaceFinder } from '../../imaging/face-finder.ts';
import type { RgbImage } from '../../imaging/image.ts';
import { measureDetection } from '../../imaging/measure-detection.ts';
import { benchEnrol } from '../../processes/enrolment/bench-enrol.ts';
import {
  type CropEmbedder,
  embedCrops,
  PREPROCESSING_VERSION,
} from '../../processes/enrolment/crop-embedder.ts';
import { benchBusySearch } from '../../processes/gallery/bench-busy-search.ts';
import { benchGalleryProcess, type GalleryBench } from '../../processes/gallery/bench-gallery-process.ts';
import { type PyTorchForm, type PyTorchRate, runPyTorchStep } from '../../processes/jobs/pytorch-baseline.ts';
import type { CommandCall, CommandModule } from '../command.ts';
import { integerParser, numberParser, parsePath } from '../option-parsers.ts';

const NAMES = ['train', 'embed', 'mining', 'detect', 'search', 'enrol', 'busy'] as const;
type BenchName = (typeof NAMES)[number];

interface BenchOptions {
  readonly rounds: number;
  readonly steps: number;
  readonly width: number;
  readonly resolution: number;
  readonly batch: number;
  readonly faces: number;
  readonly negatives: number;
  readonly python: string;
  readonly frame?: string;
  readonly vectors: number;
  readonly gallery?: string;
  readonly crops: number;
  readonly images?: string;
}

/** The keys that every benchmark prints; `ratio` is above 1 where ours is better. */
interface BenchResult {
  readonly name: string;
  readonly median: number;
  readonly unit: string;
  readonly baseline: { readonly name: string; readonly median: number } | null;
  readonly ratio: number | null;
  readonly peakRssMb: number;
}

const SEED = 1;
const SEARCH_DIMENSION = 512;

type Call = CommandCall<BenchOptions>;

const BENCHES: Readonly<Record<BenchName, (call: Call) => Promise<BenchResult>>> = {
  train: benchTrain,
  embed: ({ options }) => {
    const { resolution, width, batch, rounds } = options;
    const spec = { ...presetSettings('ours').network, resolutionPx: resolution, widthFactor: width };
    const network = randomFoldedNetwork(planNetwork(spec), Rng.seeded(SEED));
    return benchEmbed(loadRuntime(), { network, batch, repeats: rounds, seed: SEED });
  },
  mining: ({ options }) => {
    const { faces, negatives, rounds } = options;
    return benchMining(loadRuntime().tf, { faces, n: negatives, repeats: rounds, seed: SEED });
  },
  detect: async ({ options }) => {
    const models = await openFaceModels(faceModelsFolder());
    const frame = options.frame === undefined ? drawnFrame() : await decodeImageFile(options.frame);
    return measureDetection(models, frame, options.rounds);
  },
  search: async ({ options, progress, note }) => {
    const { vectors, rounds, gallery = null } = options;
    const inFile: GalleryBench[] = [];
    for (const encoding of ['exact', 'compact'] as const) {
      // The compact one's answers wait for reads: measured where the file is kept for both.
      if (encoding === 'compact' && gallery === null) continue;
      const measured = await benchGalleryProcess(
        { faces: vectors, rounds, folder: gallery, encoding },
        progress,
      );
      note(`gallery file, ${encoding}: first answer after ${(measured.firstAnswerMs / 1000).toFixed(1)} s`);
      inFile.push(measured);
    }
    const inMemory = await benchSearch({
      rows: vectors,
      dimension: SEARCH_DIMENSION,
      threads: availableParallelism(),
      batch: 100,
      rounds,
      seed: SEED,
      baseline: usearchFlat(availableParallelism()),
      note,
    });
    return { ...inMemory, galleries: inFile };
  },
  enrol: async ({ options, note }) => {
    const { resolution, width, rounds, crops, images } = options;
    const { network: spec } = presetSettings('ours');
    const folded = randomFoldedNetwork(
      planNetwork({ ...spec, resolutionPx: resolution, widthFactor: width }),
      Rng.seeded(SEED),
    );
    const runtime = loadRuntime();
    const embedder = createFoldedEmbedder(runtime, folded, spec.embeddingSize);
    const digest = 'b'.repeat(64);
    const cropEmbedder: CropEmbedder = {
      space: {
        modelDigest: digest,
        profileDigest: null,
        preprocessing: PREPROCESSING_VERSION,
        frameDigest: digest,
        side: 'lr',
        dimension: spec.embeddingSize,
      },
      profile: null,
      decode: createPictureDecoder(runtime),
      embed: (faces) => embedCrops(embedder, faces),
      dispose: async () => embedder.dispose(),
    };
    const full =
      images === undefined
        ? null
        : { folder: images, finder: createFaceFinder(await openFaceModels(faceModelsFolder())) };
    return benchEnrol({ embedder: cropEmbedder, faces: crops, rounds, full, note });
  },
  busy: ({ options, progress }) =>
    benchBusySearch(
      { faces: options.vectors, rounds: options.rounds, folder: options.gallery ?? null },
      progress,
    ),
};

export const command: CommandModule<BenchOptions, BenchResult> = {
  configure(command) {
    command
      .addArgument(new Argument('<name>', 'what to measure').choices(NAMES))
      .option(
        '--rounds <count>',
        'rounds; each measures ours and the baseline once',
        integerParser(1, 100),
        3,
      )
      .option('--steps <count>', 'train: measured steps a round', integerParser(1), 20)
      .option('--width <factor>', 'train, embed, enrol: width factor', numberParser(1 / 64, 4), 1)
      .option('--resolution <px>', 'train, embed, enrol: side of the faces', integerParser(16, 112), 16)
      .option('--batch <faces>', 'embed: faces per call', integerParser(1), 256)
      .option('--faces <count>', 'mining: faces', integerParser(2), 12_678)
      .option('--negatives <count>', 'mining: negatives per face', integerParser(1), 256)
      .option(
        '--frame <image>',
        'detect: a picture to search (default: 1920×1080 of noise, no face)',
        parsePath,
      )
      .option('--vectors <count>', 'search, busy: faces in the gallery', integerParser(100), 1_000_000)
      .option(
        '--gallery <folder>',
        'search, busy: the gallery of an earlier bench, or where to keep one (default: made and removed)',
        parsePath,
      )
      .option('--crops <count>', 'enrol: face crops to enrol', integerParser(256), 2000)
      .option('--images <folder>', 'enrol: full images to enrol too, faces found in them', parsePath)
      .option('--python <program>', 'train: a Python that has PyTorch', 'python3');
  },

  run: (call) => BENCHES[call.words[0] as BenchName](call),

  describe(result) {
    const { name, median, unit, baseline, ratio, peakRssMb } = result;
    const against =
      baseline && ratio
        ? `, ${baseline.name} ${baseline.median.toFixed(1)}: ratio ${ratio.toFixed(2)}`
        : ', no baseline here';
    return `${name}: ${median.toFixed(1)} ${unit}${against}, peak memory ${peakRssMb.toFixed(0)} MB`;
  },
};

/** Grey noise: the detector's time does not depend on what it sees, the landmarks' does. */
function drawnFrame(): RgbImage {
  const [width, height] = [1920, 1080];
  const rng = Rng.seeded(SEED);
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => rng.int(256)) };
}

interface TrainBenchResult extends BenchResult {
  /** The same PyTorch step, tuned for this machine. */
  readonly tunedBaseline: BenchResult['baseline'];
  readonly parts: StepBenchResult['parts'];
  readonly stepMs: StepBenchResult['stepMs'];
  readonly tensors: StepBenchResult['tensors'];
  readonly rounds: readonly TrainRound[];
}

/** Images per second; null where there is no PyTorch. */
interface TrainRound {
  readonly ours: number;
  readonly plain: number | null;
  readonly tuned: number | null;
}

async function benchTrain({ options, progress, note }: Call): Promise<TrainBenchResult> {
  const { rounds, steps, width, resolution, python } = options;
  const runtime = loadRuntime();
  const ours: StepBenchResult[] = [];
  const theirs: Record<PyTorchForm, PyTorchRate[]> = { plain: [], tuned: [] };
  const stage = progress.stage('benchmark rounds', rounds, 'rounds');
  const measured: TrainRound[] = [];
  // The PyTorch script is written for 16 px; where its first call fails it is not asked again.
  let hasPyTorch = resolution === 16;
  const measure = async (form: PyTorchForm): Promise<number | null> => {
    if (!hasPyTorch) return null;
    const threads = availableParallelism();
    const rate = await runPyTorchStep(python, { threads, widthFactor: width, form }, note);
    hasPyTorch = rate !== null;
    if (rate !== null) theirs[form].push(rate);
    return rate?.imagesPerSecond ?? null;
  };
  for (let round = 0; round < rounds; round++) {
    progress.throwIfCancelled();
    const step = benchTrainingStep(runtime, {
      ...benchmarkOptions({ resolutionPx: resolution, widthFactor: width }),
      warmUpSteps: 5,
      steps,
    });
    ours.push(step);
    measured.push({
      ours: step.imagesPerSecond,
      plain: await measure('plain'),
      tuned: await measure('tuned'),
    });
    stage.advance();
  }
  const median = medianOf(ours.map((round) => round.imagesPerSecond));
  const baseline = baselineOf('plain', theirs.plain);
  const { parts, stepMs, tensors, peakRssMb } = ours[ours.length - 1];
  return {
    name: 'train',
    median,
    unit: 'images/s',
    baseline,
    tunedBaseline: baselineOf('tuned', theirs.tuned),
    ratio: baseline && median / baseline.median,
    peakRssMb,
    parts,
    stepMs,
    tensors,
    rounds: measured,
  };
}

function baselineOf(form: PyTorchForm, rates: readonly PyTorchRate[]): BenchResult['baseline'] {
  const [first] = rates;
  if (first === undefined) return null;
  return {
    name: `PyTorch ${first.torchVersion}, ${first.precision}, ${form}`,
    median: medianOf(rates.map((rate) => rate.imagesPerSecond)),
  };
}
