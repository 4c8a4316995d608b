// Drawn faces: the real detector finds them, and each person has a look of their own. For scenes where no photographs are at hand.

import sharp from 'sharp';
import { Rng } from '../../src-main/common/rng.ts';
import type { RgbImage } from '../../src-main/imaging/image.ts';

/** A head and shoulders, `widthPx` wide in the picture's 2:3 of face to picture; the same for the same person. */
export async function drawnFace(person: number, facePx: number): Promise<RgbImage> {
  const rng = Rng.seeded(31, person);
  const pick = (low: number, high: number): number => rng.uniform(low, high);
  const grey = pick(0.75, 1.05);
  const skin = `rgb(${Math.round(235 * grey)},${Math.round(190 * grey)},${Math.round(160 * grey)})`;
  const shade = `rgb(${Math.round(175 * grey)},${Math.round(130 * grey)},${Math.round(110 * grey)})`;
  const hair = `rgb(${Math.round(pick(10, 200))},${Math.round(pick(10, 130))},${Math.round(pick(5, 80))})`;
  const shirt = `rgb(${Math.round(pick(0, 255))},${Math.round(pick(0, 255))},${Math.round(pick(0, 255))})`;
  const [eyes, mouth, brow] = [pick(15, 21), pick(13, 22), pick(2, 6)];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 180" width="${Math.round(facePx * 1.5)}" height="${Math.round(facePx * 1.8)}">
    <defs><radialGradient id="g" cx="45%" cy="40%" r="70%"><stop offset="40%" stop-color="${skin}"/><stop offset="100%" stop-color="${shade}"/></radialGradient></defs>
    <rect width="150" height="180" fill="#6f7478"/>
    <path d="M5 180 Q20 145 60 142 L90 142 Q130 145 145 180 Z" fill="${shirt}"/>
    <rect x="58" y="120" width="34" height="30" fill="${shade}"/>
    <ellipse cx="75" cy="70" rx="50" ry="58" fill="${hair}"/>
    <ellipse cx="75" cy="82" rx="42" ry="54" fill="url(#g)"/>
    <path d="M33 72 Q40 28 75 30 Q112 28 117 72 Q100 46 75 47 Q50 46 33 72 Z" fill="${hair}"/>
    <g fill="${hair}"><rect x="${75 - eyes - 11}" y="63" width="22" height="${brow}" rx="2"/><rect x="${75 + eyes - 11}" y="63" width="22" height="${brow}" rx="2"/></g>
    <g fill="#fff"><ellipse cx="${75 - eyes}" cy="76" rx="9" ry="5"/><ellipse cx="${75 + eyes}" cy="76" rx="9" ry="5"/></g>
    <g fill="#1a120c"><circle cx="${75 - eyes}" cy="76" r="4.4"/><circle cx="${75 + eyes}" cy="76" r="4.4"/></g>
    <path d="M75 78 L68 100 Q75 105 82 100 Z" fill="${shade}"/>
    <path d="M${75 - mouth} 115 Q75 108 ${75 + mouth} 115 Q75 127 ${75 - mouth} 115 Z" fill="#8c3b3b"/>
  </svg>`;
  const { data, info } = await sharp(Buffer.from(svg))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
