// How a picture is looked at: never how it is stored.

export interface PixelView {
  /** Whole number, on top of what fits. */
  readonly zoom: number;
  /** Shares of the picture's sides. */
  readonly panX: number;
  readonly panY: number;
  readonly contrast: number;
  readonly gamma: number;
  readonly isSmooth: boolean;
}

export const PLAIN_VIEW: PixelView = { zoom: 1, panX: 0, panY: 0, contrast: 1, gamma: 1, isSmooth: false };
export const MOST_ZOOM = 8;

/** Byte to byte: gamma first, then contrast about the middle. */
export function toneTable(contrast: number, gamma: number): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: 256 }, (_, value) => {
    const light = (value / 255) ** (1 / gamma);
    return Math.round(((light - 0.5) * contrast + 0.5) * 255);
  });
}

/** Never further than to the picture's edge. */
export function panned(view: PixelView, byX: number, byY: number): PixelView {
  const limit = (view.zoom - 1) / (2 * view.zoom);
  const within = (value: number): number => Math.max(-limit, Math.min(limit, value));
  return { ...view, panX: within(view.panX + byX), panY: within(view.panY + byY) };
}

export function zoomed(view: PixelView, zoom: number): PixelView {
  const whole = Math.max(1, Math.min(MOST_ZOOM, Math.round(zoom)));
  return panned({ ...view, zoom: whole }, 0, 0);
}
