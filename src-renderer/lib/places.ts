// The places of the window, in the order of the rail.

export const PLACE_NAMES = [
  'search',
  'gallery',
  'cases',
  'training',
  'benchmarks',
  'models',
  'settings',
] as const;

export type PlaceName = (typeof PLACE_NAMES)[number];

export const GALLERY_TABS = ['faces', 'subjects', 'clusters', 'attention', 'spaces', 'changes'] as const;

export type GalleryTab = (typeof GALLERY_TABS)[number];
