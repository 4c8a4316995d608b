// Drawn people: heads and shoulders that the real detector finds and a face model tells apart. For a sample project and for
// tests, where no photographs are at hand; nobody real is shown.

import sharp from 'sharp';
import { Rng } from '../common/rng.ts';
import type { RgbImage } from './image.ts';

/** How a person happens to look in one picture. */
export interface DrawnMoment {
  /** −1 … 1: turned to the picture's left or right, by some 25° at most. */
  readonly turn: number;
  /** −1 … 1: from a closed, narrow mouth to a smile. */
  readonly smile: number;
  /** −1 … 1: light from the picture's left or right. */
  readonly light: number;
}

const AT_REST: DrawnMoment = { turn: 0, smile: 0, light: -0.2 };

const SKINS = [
  [243, 208, 184],
  [232, 190, 160],
  [214, 166, 130],
  [188, 138, 102],
  [150, 104, 74],
  [108, 74, 54],
] as const;
const HAIRS = [
  '#1d1714',
  '#3b271a',
  '#5d3f27',
  '#8a6238',
  '#c3a063',
  '#9a9894',
  '#7d3318',
  '#d9d6cf',
] as const;
const DARK_HAIRS = ['#1d1714', '#2a1c15', '#3b271a', '#9a9894'] as const;
const IRISES = ['#3a2414', '#5b4326', '#4f6a4a', '#4c6f8c', '#6c7a80'] as const;
const HAIRCUTS = ['bald', 'short', 'parted', 'long', 'round', 'fringe'] as const;
const BEARDS = ['none', 'none', 'none', 'moustache', 'full', 'chin'] as const;
const GLASSES = ['none', 'none', 'none', 'round', 'square'] as const;

/** The unchanging look of one person; lengths in the drawing's units, 84 to a face's width. */
function lookOf(person: number) {
  const rng = Rng.seeded(31, person);
  const pick = <Item>(items: readonly Item[]): Item => items[rng.int(items.length)];
  const between = (low: number, high: number): number => rng.uniform(low, high);
  const skin = rng.int(SKINS.length);
  return {
    skin: SKINS[skin],
    hair: pick(skin < 4 ? HAIRS : DARK_HAIRS),
    iris: pick(IRISES),
    haircut: pick(HAIRCUTS),
    beard: pick(BEARDS),
    glasses: pick(GLASSES),
    faceWidth: between(36, 46),
    jaw: between(0.55, 0.95),
    chin: between(126, 141),
    eyeGap: between(15, 22),
    eyeWidth: between(7, 10.5),
    eyeHeight: between(3.4, 6),
    eyeSlant: between(-7, 7),
    browY: between(59, 66),
    browHeight: between(1.8, 6),
    browSlant: between(-9, 9),
    noseWidth: between(6, 12),
    noseY: between(96, 105),
    mouthWidth: between(12, 21),
    mouthHeight: between(2.5, 7),
    mouthY: between(111, 118),
    lips: [between(130, 190), between(55, 95), between(55, 90)] as const,
    shirt: [between(20, 235), between(20, 235), between(20, 235)] as const,
  };
}

type Look = ReturnType<typeof lookOf>;

/** A head and shoulders before a grey wall; the face is `facePx` wide, the picture 1.5 times that. The same for the same person and moment. */
export async function drawFace(
  person: number,
  facePx: number,
  moment: DrawnMoment = AT_REST,
): Promise<RgbImage> {
  const svg = drawingOf(lookOf(person), moment, facePx);
  const { data, info } = await sharp(Buffer.from(svg))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

function drawingOf(look: Look, { turn, smile, light }: DrawnMoment, facePx: number): string {
  const { faceWidth, jaw, chin, eyeGap, browY, browHeight, browSlant, hair } = look;
  const skin = colour(look.skin);
  const shade = colour(look.skin, 0.72);
  const dark = colour(look.skin, 0.5);
  // Features of a turned head move together, and the far half narrows.
  const middle = 75 + 9 * turn;
  const left = middle - eyeGap * (1 + 0.18 * turn);
  const right = middle + eyeGap * (1 - 0.18 * turn);
  const [west, east] = [75 - faceWidth, 75 + faceWidth];
  const [jawWest, jawEast] = [75 - faceWidth * jaw, 75 + faceWidth * jaw];
  const head = `M${west} 76 C${west} 22 ${east} 22 ${east} 76 C${east} 104 ${jawEast} ${chin} 75 ${chin} C${jawWest} ${chin} ${west} 104 ${west} 76 Z`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 180" width="${Math.round(facePx * 1.5)}" height="${Math.round(facePx * 1.8)}">
    <defs><linearGradient id="g" x1="${light < 0 ? 0 : 1}" x2="${light < 0 ? 1 : 0}"><stop offset="35%" stop-color="${skin}"/><stop offset="100%" stop-color="${mixed(look.skin, 1 - 0.35 * Math.abs(light))}"/></linearGradient></defs>
    <rect width="150" height="180" fill="#6f7478"/>
    ${behindHead(look)}
    <path d="M5 180 Q20 146 58 143 L92 143 Q130 146 145 180 Z" fill="${colour(look.shirt)}"/>
    <path d="M58 118 L58 144 Q75 156 92 144 L92 118 Z" fill="${shade}"/>
    <ellipse cx="${west + 1}" cy="84" rx="5" ry="10" fill="${shade}"/><ellipse cx="${east - 1}" cy="84" rx="5" ry="10" fill="${shade}"/>
    <path d="${head}" fill="url(#g)"/>
    ${beardOf(look, middle, chin, jawWest, jawEast)}
    ${[left, right].map((x) => socket(x, look, shade)).join('')}
    ${eye(left, look, -1, turn)}${eye(right, look, 1, turn)}
    <g fill="${look.haircut === 'bald' ? dark : hair}">
      <rect x="${left - 11}" y="${browY}" width="21" height="${browHeight}" rx="2" transform="rotate(${-browSlant} ${left} ${browY})"/>
      <rect x="${right - 10}" y="${browY}" width="21" height="${browHeight}" rx="2" transform="rotate(${browSlant} ${right} ${browY})"/>
    </g>
    ${noseOf(look, middle, turn, shade, dark)}
    ${mouthOf(look, middle + 1.5 * turn, smile)}
    ${glassesOf(look, left, right)}
    ${aboveHead(look, west, east)}
  </svg>`;
}

function socket(x: number, { eyeWidth }: Look, shade: string): string {
  return `<ellipse cx="${x}" cy="73" rx="${eyeWidth + 3}" ry="8" fill="${shade}" opacity="0.45"/>`;
}

function eye(x: number, { eyeWidth, eyeHeight, eyeSlant, iris }: Look, side: number, turn: number): string {
  const ring = Math.min(eyeHeight * 0.95, 4.6);
  return `<g transform="rotate(${side * eyeSlant} ${x} 76)"><ellipse cx="${x}" cy="76" rx="${eyeWidth}" ry="${eyeHeight}" fill="#f4f1ec"/><circle cx="${x + turn}" cy="76" r="${ring}" fill="${iris}"/><circle cx="${x + turn}" cy="76" r="${ring * 0.5}" fill="#0c0a09"/><path d="M${x - eyeWidth} 76 Q${x} ${76 - eyeHeight * 1.9} ${x + eyeWidth} 76" fill="none" stroke="#2a1c16" stroke-width="1.5"/></g>`;
}

function noseOf(
  { noseWidth, noseY }: Look,
  middle: number,
  turn: number,
  shade: string,
  dark: string,
): string {
  const tip = middle + 5 * turn;
  return `<path d="M${middle - 2} 76 L${tip - noseWidth} ${noseY} Q${tip} ${noseY + 6} ${tip + noseWidth} ${noseY} L${middle + 2} 76 Z" fill="${shade}" opacity="0.75"/><ellipse cx="${tip - noseWidth * 0.5}" cy="${noseY}" rx="2" ry="1.3" fill="${dark}"/><ellipse cx="${tip + noseWidth * 0.5}" cy="${noseY}" rx="2" ry="1.3" fill="${dark}"/>`;
}

function mouthOf({ mouthWidth, mouthHeight, mouthY, lips }: Look, x: number, smile: number): string {
  const half = mouthWidth * (1 + 0.12 * smile);
  const corner = mouthY - 2.5 * smile;
  return `<path d="M${x - half} ${corner} Q${x} ${mouthY - mouthHeight} ${x + half} ${corner} Q${x} ${mouthY + 2 * mouthHeight + smile} ${x - half} ${corner} Z" fill="${colour(lips)}"/><path d="M${x - half} ${corner} Q${x} ${mouthY + 2 + 2 * smile} ${x + half} ${corner}" fill="none" stroke="#3d1c1c" stroke-width="1.3"/>`;
}

function beardOf({ beard, hair, mouthY }: Look, x: number, chin: number, west: number, east: number): string {
  if (beard === 'none') return '';
  const moustache = `<path d="M${x - 17} ${mouthY + 1} Q${x} ${mouthY - 13} ${x + 17} ${mouthY + 1} Q${x} ${mouthY - 3} ${x - 17} ${mouthY + 1} Z" fill="${hair}"/>`;
  if (beard === 'moustache') return moustache;
  if (beard === 'chin') return `<ellipse cx="${x}" cy="${chin - 8}" rx="13" ry="9" fill="${hair}"/>`;
  return `<path d="M${west - 6} 98 Q${x} ${mouthY - 14} ${east + 6} 98 Q${east + 2} ${chin + 3} 75 ${chin + 4} Q${west - 2} ${chin + 3} ${west - 6} 98 Z" fill="${hair}" opacity="0.94"/>`;
}

function glassesOf({ glasses }: Look, left: number, right: number): string {
  if (glasses === 'none') return '';
  const lens = (x: number): string =>
    glasses === 'round'
      ? `<circle cx="${x}" cy="76" r="13"/>`
      : `<rect x="${x - 14}" y="66" width="28" height="20" rx="3"/>`;
  return `<g fill="none" stroke="#17181a" stroke-width="2.6">${lens(left)}${lens(right)}<path d="M${left + 12} 75 Q${(left + right) / 2} 70 ${right - 12} 75"/></g>`;
}

function behindHead({ haircut, hair, faceWidth }: Look): string {
  if (haircut === 'long')
    return `<path d="M${75 - faceWidth - 9} 150 L${75 - faceWidth - 9} 70 C${75 - faceWidth - 6} 10 ${75 + faceWidth + 6} 10 ${75 + faceWidth + 9} 70 L${75 + faceWidth + 9} 150 Z" fill="${hair}"/>`;
  if (haircut === 'round') return `<circle cx="75" cy="62" r="${faceWidth + 15}" fill="${hair}"/>`;
  return '';
}

/** What of the hair lies before the forehead. */
function aboveHead({ haircut, hair }: Look, west: number, east: number): string {
  const cap = (line: string): string =>
    `<path d="M${west - 2} 74 C${west - 4} 16 ${east + 4} 16 ${east + 2} 74 ${line} Z" fill="${hair}"/>`;
  if (haircut === 'bald') return '';
  if (haircut === 'parted')
    return cap(`C${east - 4} 52 ${east - 20} 44 58 44 C${west + 12} 50 ${west + 4} 58 ${west - 2} 74`);
  if (haircut === 'fringe') return cap(`L${east - 5} 58 Q75 64 ${west + 5} 58 L${west - 2} 74`);
  if (haircut === 'round') return cap(`C${east - 6} 44 ${west + 6} 44 ${west - 2} 74`);
  return cap(`C${east - 4} 40 ${west + 4} 40 ${west - 2} 74`);
}

function colour(rgb: readonly [number, number, number], factor = 1): string {
  return `rgb(${rgb.map((value) => Math.round(Math.min(255, value * factor))).join(',')})`;
}

function mixed(rgb: readonly [number, number, number], factor: number): string {
  return colour(rgb, factor);
}
