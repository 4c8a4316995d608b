// A new training as it is being put together: data, teacher, every setting, what a start will meet. The draft survives a crash.

import type { Api } from '../api/bridge.ts';
import type {
  AblationAsked,
  DataCheck,
  PaceCheck,
  PresetName,
  Presets,
  SampleFace,
  TeacherCard,
  TrainingSettings,
} from '../api/types.ts';
import { messageOf } from '../lib/folder-listing.ts';
import { isSameSetting, readSetting, type SettingValue, withSetting } from '../lib/settings-path.ts';
import { type FieldPath, TRAINING_FIELDS, usualDrops } from '../lib/training-fields.ts';

export type { DataCheck, PaceCheck, PresetName, SampleFace };

const DRAFT = 'glimpse.training-draft';
const DEFAULT_TEACHER = 'faceplugin';
const CHECK_AFTER_MS = 500;

interface Draft {
  readonly data: string;
  readonly validation: string;
  readonly teacher: string | null;
  readonly preset: PresetName;
  readonly settings: TrainingSettings;
}

export class TrainingForm {
  presets: Presets | null = $state.raw(null);
  teachers: readonly TeacherCard[] = $state.raw([]);
  data = $state('');
  validation = $state('');
  teacher: string | null = $state(DEFAULT_TEACHER);
  preset: PresetName = $state('ours');
  settings: TrainingSettings | null = $state.raw(null);
  name = $state('');
  check: DataCheck | null = $state.raw(null);
  checkProblem: string | null = $state(null);
  isChecking = $state(false);
  pace: PaceCheck | null = $state.raw(null);
  isMeasuring = $state(false);
  samples: readonly SampleFace[] = $state.raw([]);
  problem: string | null = $state(null);
  isStarting = $state(false);
  /** What the check was made for. */
  #checkedFor = $state('');
  #measuredFor = $state('');
  #draw = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #taken: ReadonlySet<string> = new Set();
  /** Another name in the field was typed. */
  #suggested = '';
  readonly #api: Api;
  readonly #onStart: (run: string) => void;

  readonly defaults: TrainingSettings | null = $derived(this.presets?.[this.preset] ?? null);
  readonly changes: number = $derived(this.#countChanges());
  readonly isCheckStale: boolean = $derived(this.check !== null && this.#checkedFor !== this.#checkKey());
  readonly isPaceStale: boolean = $derived(this.pace !== null && this.#measuredFor !== this.#paceKey());
  readonly canStart: boolean = $derived(
    this.data !== '' && this.name !== '' && this.settings !== null && !this.isStarting && this.check !== null,
  );
  /** Seconds, as measured; null until then. */
  readonly wholeSeconds: number | null = $derived(
    this.pace === null || this.settings === null
      ? null
      : this.pace.preparationSeconds + this.pace.secondsPerEpoch * this.settings.schedule.epochs,
  );

  constructor(api: Api, onStart: (run: string) => void) {
    this.#api = api;
    this.#onStart = onStart;
  }

  async load(): Promise<void> {
    if (this.presets !== null) return;
    try {
      this.presets = await this.#api.call('training.presets', {});
      this.#takeDraft();
      this.settings ??= this.presets[this.preset];
      const [runs, models] = await Promise.all([
        this.#api.call('runs.list', {}),
        this.#api.call('models.list', {}),
      ]);
      this.teachers = models.teachers;
      this.#taken = new Set(runs.map(({ name }) => name));
      this.name ||= this.#suggestName();
      if (this.data !== '') await this.checkData();
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  choosePreset(preset: PresetName): void {
    if (this.presets === null) return;
    this.preset = preset;
    this.settings = this.presets[preset];
    this.teacher = preset === 'teacher' ? null : (this.teacher ?? DEFAULT_TEACHER);
    if (this.name === '' || this.name === this.#suggested) this.name = this.#suggestName();
    this.#keepDraft();
  }

  change(path: FieldPath, value: SettingValue): void {
    if (this.settings === null) return;
    const changed = withSetting(this.settings, path, value);
    // The drops follow the number of epochs, as the presets' do, until they are set by hand.
    const { epochs, decayAtEpochs } = this.settings.schedule;
    const followsEpochs =
      path[1] === 'epochs' &&
      (isSameSetting(decayAtEpochs, usualDrops(epochs)) || epochs === this.defaults?.schedule.epochs);
    this.settings = followsEpochs
      ? withSetting(changed, ['schedule', 'decayAtEpochs'], usualDrops(Number(value)))
      : changed;
    this.#keepDraft();
  }

  changeSource(change: Partial<Pick<TrainingForm, 'data' | 'validation' | 'teacher' | 'name'>>): void {
    if (change.data !== undefined && change.data !== this.data) {
      this.check = null;
      this.samples = [];
    }
    Object.assign(this, change);
    this.#keepDraft();
    if (change.name === undefined) this.#checkSoon();
  }

  async checkData(): Promise<void> {
    if (this.settings === null || this.data === '') return;
    this.isChecking = true;
    const key = this.#checkKey();
    try {
      this.check = await this.#api.call('training.check', this.#plan(this.settings));
      this.#checkedFor = key;
      this.checkProblem = null;
      void this.drawSamples();
    } catch (error) {
      this.check = null;
      this.checkProblem = messageOf(error);
    } finally {
      this.isChecking = false;
    }
  }

  async measurePace(): Promise<void> {
    const { settings, check } = this;
    if (settings === null || check === null) return;
    this.isMeasuring = true;
    const key = this.#paceKey();
    try {
      const { images, identities } = check;
      this.pace = await this.#api.call('training.pace', { images, identities, plan: this.#plan(settings) });
      this.#measuredFor = key;
    } catch (error) {
      this.problem = messageOf(error);
    } finally {
      this.isMeasuring = false;
    }
  }

  async drawSamples(): Promise<void> {
    if (this.settings === null || this.data === '') return;
    try {
      const request = { data: this.data, settings: this.settings, draw: this.#draw };
      this.samples = await this.#api.call('training.samples', request);
      this.#draw++;
    } catch (error) {
      this.checkProblem = messageOf(error);
    }
  }

  /** What an ablation of these settings is made from; null where a row could not be measured. */
  get ablationPlan(): AblationAsked['plan'] | null {
    const { settings, data, validation, teacher } = this;
    if (settings === null || data === '' || validation === '' || teacher === null) return null;
    return { data, validation, teacher, settings };
  }

  async start(): Promise<void> {
    if (this.settings === null) return;
    this.isStarting = true;
    try {
      await this.#api.call('training.start', { run: this.name, plan: this.#plan(this.settings) });
      this.problem = null;
      const run = this.name;
      this.#taken = new Set([...this.#taken, run]);
      this.name = this.#suggestName();
      this.#onStart(run);
    } catch (error) {
      this.problem = messageOf(error);
    } finally {
      this.isStarting = false;
    }
  }

  /** `ours-16px-2`: the first number that is free. */
  #suggestName(): string {
    const stem = `${this.preset}-${this.settings?.network.resolutionPx ?? ''}px`;
    let number = 1;
    while (this.#taken.has(`${stem}-${number}`)) number++;
    this.#suggested = `${stem}-${number}`;
    return this.#suggested;
  }

  /** Once nobody has typed for a while. */
  #checkSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.checkData(), CHECK_AFTER_MS);
  }

  #plan(settings: TrainingSettings) {
    const { data, validation, teacher } = this;
    return { data, validation: validation === '' ? null : validation, teacher, settings };
  }

  #countChanges(): number {
    const { settings, defaults } = this;
    if (settings === null || defaults === null) return 0;
    const paths = TRAINING_FIELDS.flatMap(({ term, fields }) => [
      ...(term === null ? [] : [term.path]),
      ...fields.map(({ path }) => path),
    ]);
    return paths.filter((path) => !isSameSetting(readSetting(settings, path), readSetting(defaults, path)))
      .length;
  }

  #checkKey(): string {
    return JSON.stringify([this.data, this.validation, this.teacher, this.settings]);
  }

  #paceKey(): string {
    const { data, validation, teacher, settings } = this;
    if (settings === null) return '';
    const { network, classification, instance, relation, embedding, schedule } = settings;
    return JSON.stringify([
      [data, validation, teacher, this.check?.identities],
      [settings.teacherViews, settings.viewRecipe, settings.validateEveryEpochs],
      network,
      classification.isOn,
      instance.isOn,
      relation.isOn,
      relation.negatives,
      embedding.isOn,
      schedule.batchSize,
    ]);
  }

  #keepDraft(): void {
    if (this.settings === null) return;
    const { data, validation, teacher, preset, settings } = this;
    localStorage.setItem(DRAFT, JSON.stringify({ data, validation, teacher, preset, settings }));
  }

  /** A draft of another version of Glimpse, or a damaged one, is dropped. */
  #takeDraft(): void {
    try {
      const draft = JSON.parse(localStorage.getItem(DRAFT) ?? 'null') as Draft | null;
      if (draft === null || draft.settings.version !== 1 || this.presets?.[draft.preset] === undefined)
        return;
      const { data, validation, teacher, preset, settings } = draft;
      Object.assign(this, { data, validation, teacher, preset, settings });
    } catch {
      localStorage.removeItem(DRAFT);
    }
  }
}
