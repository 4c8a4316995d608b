// Where a face will be next: a Kalman filter of its centre at constant velocity and of its size, in units of the face itself.
//
// As in SORT and DeepSORT (A. Bewley et al. 2016; N. Wojke et al. 2017), whose noises are independent for each coordinate, so that
// the filter falls apart into one for each. Theirs counts frames of a steady video; here time is in seconds, because frames may
// be sampled, dropped or late.

/** In the frame's pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A walking head moves about six of its own heights a second, and changes that by about four within one. */
const FIRST_SPEED = 6;
const SPEED_CHANGE = 4;
/** Detected centres and sizes scatter by about a tenth of the height. */
const CENTRE_NOISE = 0.1;
const SIZE_NOISE = 0.1;
/** How much the logarithm of the size changes in a second: someone five metres away who walks towards the camera. */
const SIZE_CHANGE = 0.3;

/** Position and velocity along one axis, in pixels and seconds. */
interface Axis {
  position: number;
  velocity: number;
  /** Covariance: position, both, velocity. */
  pp: number;
  pv: number;
  vv: number;
}

export class BoxMotion {
  readonly #x: Axis;
  readonly #y: Axis;
  #logHeight: number;
  #logHeightVariance = SIZE_NOISE ** 2;
  #aspect: number;
  #timeMs: number;

  constructor(box: Box, timeMs: number) {
    this.#x = axisAt(box.x + box.width / 2, box.height);
    this.#y = axisAt(box.y + box.height / 2, box.height);
    this.#logHeight = Math.log(box.height);
    this.#aspect = box.width / box.height;
    this.#timeMs = timeMs;
  }

  /** Moves the prediction on to a later time. */
  advance(timeMs: number): void {
    const seconds = Math.max(0, timeMs - this.#timeMs) / 1000;
    this.#timeMs = timeMs;
    const change = (SPEED_CHANGE * Math.exp(this.#logHeight)) ** 2;
    for (const axis of [this.#x, this.#y]) {
      axis.position += axis.velocity * seconds;
      axis.pp += 2 * seconds * axis.pv + seconds ** 2 * axis.vv + (change * seconds ** 3) / 3;
      axis.pv += seconds * axis.vv + (change * seconds ** 2) / 2;
      axis.vv += change * seconds;
    }
    this.#logHeightVariance += SIZE_CHANGE ** 2 * seconds;
  }

  /** Takes in the box that was seen at the time of the prediction. */
  correct(box: Box): void {
    correctAxis(this.#x, box.x + box.width / 2, (CENTRE_NOISE * box.height) ** 2);
    correctAxis(this.#y, box.y + box.height / 2, (CENTRE_NOISE * box.height) ** 2);
    const gain = this.#logHeightVariance / (this.#logHeightVariance + SIZE_NOISE ** 2);
    this.#logHeight += gain * (Math.log(box.height) - this.#logHeight);
    this.#logHeightVariance *= 1 - gain;
    this.#aspect = box.width / box.height;
  }

  /** The box expected at the time of the prediction. */
  get box(): Box {
    const height = Math.exp(this.#logHeight);
    const width = height * this.#aspect;
    return { x: this.#x.position - width / 2, y: this.#y.position - height / 2, width, height };
  }

  /** Standard deviation of the expected centre, in heights of the face. */
  get uncertainty(): number {
    return Math.sqrt(Math.max(this.#x.pp, this.#y.pp)) / Math.exp(this.#logHeight);
  }

  /** Squared Mahalanobis distance of a box in centre and size: chi-squared of 3 degrees of freedom for the same face. */
  distanceTo(box: Box): number {
    const noise = (CENTRE_NOISE * box.height) ** 2;
    const x = (box.x + box.width / 2 - this.#x.position) ** 2 / (this.#x.pp + noise);
    const y = (box.y + box.height / 2 - this.#y.position) ** 2 / (this.#y.pp + noise);
    const size = (Math.log(box.height) - this.#logHeight) ** 2 / (this.#logHeightVariance + SIZE_NOISE ** 2);
    return x + y + size;
  }
}

function axisAt(position: number, height: number): Axis {
  return { position, velocity: 0, pp: (CENTRE_NOISE * height) ** 2, pv: 0, vv: (FIRST_SPEED * height) ** 2 };
}

function correctAxis(axis: Axis, seen: number, noise: number): void {
  const spread = axis.pp + noise;
  const positionGain = axis.pp / spread;
  const velocityGain = axis.pv / spread;
  const surprise = seen - axis.position;
  axis.position += positionGain * surprise;
  axis.velocity += velocityGain * surprise;
  axis.vv -= velocityGain * axis.pv;
  axis.pv *= 1 - positionGain;
  axis.pp *= 1 - positionGain;
}

/** Area in common over area of both; 0 for boxes apart. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const common = width * height;
  return common / (a.width * a.height + b.width * b.height - common);
}
