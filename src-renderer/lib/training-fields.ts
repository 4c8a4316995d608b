// Every setting of a training as a person sees it: name, the paper's symbol, what it means, what it may be.

/** Where a setting stands: `schedule.epochs`. */
export type FieldPath = readonly [string] | readonly [string, string];

interface FieldBase {
  readonly path: FieldPath;
  readonly label: string;
  /** The paper's, or null. */
  readonly symbol: string | null;
  readonly meaning: string;
}

export interface NumberFieldSpec extends FieldBase {
  readonly kind: 'number';
  readonly smallest: number;
  readonly largest: number;
  readonly isWhole: boolean;
  readonly unit?: string;
  /** May be left empty: null. */
  readonly emptyMeans?: string;
}

export interface ChoiceFieldSpec extends FieldBase {
  readonly kind: 'choice';
  readonly choices: readonly { readonly value: string | number; readonly label: string }[];
}

export interface SwitchFieldSpec extends FieldBase {
  readonly kind: 'switch';
}

export interface ListFieldSpec extends FieldBase {
  readonly kind: 'epochs';
}

export type FieldSpec = NumberFieldSpec | ChoiceFieldSpec | SwitchFieldSpec | ListFieldSpec;

export interface FieldGroup {
  readonly title: string;
  /** A loss term: its switch stands in the heading, and its fields matter only while it is on. */
  readonly term: { readonly path: FieldPath; readonly symbol: string; readonly meaning: string } | null;
  readonly fields: readonly FieldSpec[];
}

function number(
  path: FieldPath,
  label: string,
  symbol: string | null,
  meaning: string,
  [smallest, largest]: readonly [number, number],
  more: Partial<Pick<NumberFieldSpec, 'isWhole' | 'unit' | 'emptyMeans'>> = {},
): NumberFieldSpec {
  return { kind: 'number', path, label, symbol, meaning, smallest, largest, isWhole: false, ...more };
}

const whole = { isWhole: true } as const;

export const TRAINING_FIELDS: readonly FieldGroup[] = [
  {
    title: 'Student',
    term: null,
    fields: [
      number(['network', 'resolutionPx'], 'Resolution', 'r', 'Side of the degraded faces', [16, 112], {
        ...whole,
        unit: 'px',
      }),
      {
        kind: 'choice',
        path: ['network', 'studentInput'],
        label: 'Input',
        symbol: null,
        meaning: 'What the network is fed: the pixels as they are, or enlarged to 112 × 112',
        choices: [
          { value: 'native', label: 'as it is' },
          { value: '112', label: 'enlarged' },
        ],
      },
      number(
        ['network', 'widthFactor'],
        'Width',
        null,
        'Multiplies every channel count; 1 is the paper’s network',
        [1 / 64, 4],
      ),
      {
        kind: 'choice',
        path: ['network', 'depth'],
        label: 'Depth',
        symbol: null,
        meaning: 'IResNet-18 is the paper’s student, IResNet-50 its teacher',
        choices: [
          { value: 18, label: 'IResNet-18' },
          { value: 50, label: 'IResNet-50' },
        ],
      },
      number(
        ['network', 'embeddingSize'],
        'Embedding',
        'D',
        'As long as the teacher’s, whose space it shares',
        [2, 4096],
        whole,
      ),
    ],
  },
  {
    title: 'Classification',
    term: { path: ['classification', 'isOn'], symbol: 'L_Cls', meaning: 'Tells identities apart (ArcFace)' },
    fields: [
      number(['classification', 'scale'], 'Scale', 's', 'Cosines become logits by this factor', [1, 1000]),
      number(
        ['classification', 'angularMargin'],
        'Angular margin',
        'm',
        'Added to the angle of the true class',
        [0, 1.5],
        { unit: 'rad' },
      ),
      {
        kind: 'choice',
        path: ['classification', 'headInit'],
        label: 'Class weights start at',
        symbol: null,
        meaning: 'The teacher’s class means, or random numbers',
        choices: [
          { value: 'teacher', label: 'teacher’s means' },
          { value: 'random', label: 'random' },
        ],
      },
    ],
  },
  {
    title: 'Instance distillation',
    term: { path: ['instance', 'isOn'], symbol: 'L_IID', meaning: 'Class probabilities like the teacher’s' },
    fields: [
      number(['instance', 'weight'], 'Weight', 'α', 'Share of this term', [0, 1000]),
      number(
        ['instance', 'temperature'],
        'Temperature',
        'T',
        'Softens both sides’ probabilities',
        [0.01, 1000],
      ),
      {
        kind: 'choice',
        path: ['instance', 'nonTargetWeight'],
        label: 'Weight of non-targets',
        symbol: 'w',
        meaning: 'The teacher’s own mass on them, or a fixed number',
        choices: [
          { value: 'teacher', label: 'teacher’s mass' },
          { value: 0.5, label: '0.5' },
          { value: 1, label: '1' },
          { value: 2, label: '2' },
          { value: 4, label: '4' },
        ],
      },
    ],
  },
  {
    title: 'Relation distillation',
    term: {
      path: ['relation', 'isOn'],
      symbol: 'L_RID',
      meaning: 'Relations between faces like the teacher’s',
    },
    fields: [
      number(['relation', 'weight'], 'Weight', 'β', 'Share of this term', [0, 1000]),
      number(
        ['relation', 'temperature'],
        'Temperature',
        'τ',
        'Of the contrast between a positive and the negatives',
        [0.001, 100],
      ),
      number(['relation', 'negatives'], 'Negatives', 'n', 'Faces of others, per face', [1, 4096], whole),
      number(
        ['relation', 'relationSize'],
        'Relation size',
        'R',
        'Length of a relation vector',
        [2, 4096],
        whole,
      ),
      {
        kind: 'choice',
        path: ['relation', 'sampling'],
        label: 'Sampling',
        symbol: null,
        meaning: 'Negatives that the teacher finds alike, or any',
        choices: [
          { value: 'hard', label: 'hard' },
          { value: 'random', label: 'random' },
        ],
      },
    ],
  },
  {
    title: 'Embedding distance',
    term: { path: ['embedding', 'isOn'], symbol: 'L_Emb', meaning: 'Embeddings where the teacher’s are' },
    fields: [number(['embedding', 'weight'], 'Weight', 'δ', 'Share of this term', [0, 1000])],
  },
  {
    title: 'Views',
    term: null,
    fields: [
      number(
        ['teacherViews'],
        'Teacher views',
        'V',
        'Of each face; 1 is the paper’s single plain one, more are jittered',
        [1, 64],
        whole,
      ),
      {
        kind: 'switch',
        path: ['flip'],
        label: 'Mirror',
        symbol: null,
        meaning: 'Half of the faces mirrored, for teacher and student alike',
      },
      number(['viewRecipe', 'scaleLog'], 'Jitter of scale', null, 'Up to e to the ± of this', [0, 1]),
      number(['viewRecipe', 'rotationDegrees'], 'Jitter of rotation', null, 'Up to ± this', [0, 45], {
        unit: '°',
      }),
      number(
        ['viewRecipe', 'shiftPx'],
        'Jitter of place',
        null,
        'Up to ± this, at full resolution',
        [0, 32],
        { unit: 'px' },
      ),
      number(
        ['viewRecipe', 'brightnessLog'],
        'Jitter of brightness',
        null,
        'Up to e to the ± of this',
        [0, 2],
      ),
      number(['viewRecipe', 'contrastLog'], 'Jitter of contrast', null, 'Up to e to the ± of this', [0, 2]),
      number(
        ['viewRecipe', 'saturationLog'],
        'Jitter of saturation',
        null,
        'Up to e to the ± of this',
        [0, 2],
      ),
      number(
        ['viewRecipe', 'seed'],
        'Seed of the views',
        null,
        'Another one makes all views anew',
        [0, 4_294_967_295],
        whole,
      ),
    ],
  },
  {
    title: 'Schedule',
    term: null,
    fields: [
      number(['schedule', 'epochs'], 'Epochs', null, 'Passes over all faces', [1, 10_000], whole),
      number(['schedule', 'batchSize'], 'Batch', 'B', 'Faces per step', [2, 4096], whole),
      number(['schedule', 'learningRate'], 'Learning rate', 'η', 'Of the first epochs', [1e-7, 10]),
      {
        kind: 'epochs',
        path: ['schedule', 'decayAtEpochs'],
        label: 'Drops at epochs',
        symbol: null,
        meaning: 'Where the learning rate falls',
      },
      number(['schedule', 'decayFactor'], 'Drop', null, 'The learning rate is multiplied by it', [0.001, 1]),
      number(['schedule', 'momentum'], 'Momentum', null, 'Of stochastic gradient descent', [0, 0.999]),
      number(['schedule', 'weightDecay'], 'Weight decay', null, 'On weights only', [0, 1]),
      number(
        ['schedule', 'largestGradientNorm'],
        'Largest gradient',
        null,
        'Longer ones are scaled to it',
        [1e-6, 1e6],
        { emptyMeans: 'none' },
      ),
      number(['validateEveryEpochs'], 'Validate every', null, 'And after the last epoch', [1, 10_000], {
        ...whole,
        unit: 'epochs',
      }),
      number(['patience'], 'Patience', null, 'Validations without gain before it stops', [1, 10_000], {
        ...whole,
        emptyMeans: 'never',
      }),
      number(['checkpointEverySteps'], 'Checkpoint every', null, 'Besides each epoch’s end', [1, 1_000_000], {
        ...whole,
        unit: 'steps',
      }),
      number(['seed'], 'Seed', null, 'Fixes every random draw', [0, 4_294_967_295], whole),
    ],
  },
];

/** The learning rate drops at 58, 78 and 89 % of the epochs, as the paper's 21, 28 and 32 of 36. */
export function usualDrops(epochs: number): number[] {
  const drops = new Set([0.58, 0.78, 0.89].map((share) => Math.round(share * epochs)));
  return [...drops].filter((epoch) => epoch > 0 && epoch < epochs);
}
