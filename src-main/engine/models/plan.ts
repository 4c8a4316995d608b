// The IResNet family as a plan: which blocks, which sizes, which parameters.

import { ensure } from '../../common/errors.ts';

/** What distinguishes one network from another; saved with every checkpoint. */
export interface NetworkSpec {
  /** IResNet-18 (student) or IResNet-50 (teacher). */
  readonly depth: 18 | 50;
  /** r: side of the faces it sees, 16 … 112. */
  readonly resolutionPx: number;
  /** `native` feeds r×r; `112` feeds the r×r face upsampled to 112×112. */
  readonly studentInput: 'native' | '112';
  /** Multiplies every channel count; 1 is the paper's network. */
  readonly widthFactor: number;
  /** D. */
  readonly embeddingSize: number;
}

export interface BlockPlan {
  readonly name: string;
  readonly inputSize: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly stride: number;
  /** A 1×1 convolution and batch norm stand in the shortcut where the shape changes. */
  readonly hasProjection: boolean;
}

export interface NetworkPlan {
  readonly spec: NetworkSpec;
  readonly inputSize: number;
  readonly stemChannels: number;
  readonly blocks: readonly BlockPlan[];
  readonly lastSize: number;
  readonly lastChannels: number;
}

const BLOCKS_PER_STAGE = { 18: [2, 2, 2, 2], 50: [3, 4, 14, 3] } as const;
const STAGE_CHANNELS = [64, 128, 256, 512];
const SMALLEST_HALVED_INPUT = 32;

/**
 * Four stages, each halving the map, except that inputs under 32 px keep their size through the first stage:
 * so the last map is 2×2 at 16 and 32 px, 4×4 at 64 and 7×7 at 112.
 */
export function planNetwork(spec: NetworkSpec): NetworkPlan {
  const inputSize = spec.studentInput === '112' ? 112 : spec.resolutionPx;
  ensure(
    inputSize >= 16 && inputSize <= 112,
    'bad-usage',
    `network input is 16 to 112 px wide, not ${inputSize}`,
  );
  const channels = STAGE_CHANNELS.map((count) => Math.round(count * spec.widthFactor));
  ensure(channels[0] >= 1, 'bad-usage', `width factor ${spec.widthFactor} leaves no channels`);
  const blocks: BlockPlan[] = [];
  let size = inputSize;
  let inputChannels = channels[0];
  BLOCKS_PER_STAGE[spec.depth].forEach((count, stage) => {
    for (let index = 0; index < count; index++) {
      const isHalving = index === 0 && (stage > 0 || inputSize >= SMALLEST_HALVED_INPUT);
      const stride = isHalving ? 2 : 1;
      const outputChannels = channels[stage];
      blocks.push({
        name: `stage${stage + 1}.block${index + 1}`,
        inputSize: size,
        inputChannels,
        outputChannels,
        stride,
        hasProjection: stride !== 1 || inputChannels !== outputChannels,
      });
      size = Math.ceil(size / stride);
      inputChannels = outputChannels;
    }
  });
  return { spec, inputSize, stemChannels: channels[0], blocks, lastSize: size, lastChannels: inputChannels };
}

/** Role of a parameter: decides its initial value, and whether weight decay applies (weights only). */
export type ParameterRole = 'weight' | 'bias' | 'scale' | 'offset' | 'slope';

export interface ParameterPlan {
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: ParameterRole;
}

/** Every trainable parameter, in the order of the forward pass. */
export function planParameters(plan: NetworkPlan): ParameterPlan[] {
  const parameters: ParameterPlan[] = [];
  const add = (name: string, shape: number[], role: ParameterRole) => parameters.push({ name, shape, role });
  const addNorm = (name: string, channels: number) => {
    add(`${name}.scale`, [channels], 'scale');
    add(`${name}.offset`, [channels], 'offset');
  };
  add('stem.weights', [3, 3, 3, plan.stemChannels], 'weight');
  addNorm('stem.norm', plan.stemChannels);
  add('stem.slopes', [plan.stemChannels], 'slope');
  for (const block of plan.blocks) {
    const { name, inputChannels, outputChannels } = block;
    addNorm(`${name}.norm1`, inputChannels);
    add(`${name}.conv1`, [3, 3, inputChannels, outputChannels], 'weight');
    addNorm(`${name}.norm2`, outputChannels);
    add(`${name}.slopes`, [outputChannels], 'slope');
    add(`${name}.conv2`, [3, 3, outputChannels, outputChannels], 'weight');
    addNorm(`${name}.norm3`, outputChannels);
    if (block.hasProjection) {
      add(`${name}.projection`, [1, 1, inputChannels, outputChannels], 'weight');
      addNorm(`${name}.projectionNorm`, outputChannels);
    }
  }
  addNorm('head.norm', plan.lastChannels);
  add('head.weights', [plan.lastSize ** 2 * plan.lastChannels, plan.spec.embeddingSize], 'weight');
  add('head.bias', [plan.spec.embeddingSize], 'bias');
  // The last norm's scale is fixed at 1, as the ArcFace family has it: the embedding is normalised right after.
  add('embedding.offset', [plan.spec.embeddingSize], 'offset');
  return parameters;
}

/** Every batch norm by name with its channel count, in the order of the forward pass. */
export function planNorms(plan: NetworkPlan): { name: string; channels: number }[] {
  const norms = [{ name: 'stem.norm', channels: plan.stemChannels }];
  for (const block of plan.blocks) {
    norms.push({ name: `${block.name}.norm1`, channels: block.inputChannels });
    norms.push({ name: `${block.name}.norm2`, channels: block.outputChannels });
    norms.push({ name: `${block.name}.norm3`, channels: block.outputChannels });
    if (block.hasProjection)
      norms.push({ name: `${block.name}.projectionNorm`, channels: block.outputChannels });
  }
  norms.push({ name: 'head.norm', channels: plan.lastChannels });
  norms.push({ name: 'embedding', channels: plan.spec.embeddingSize });
  return norms;
}
