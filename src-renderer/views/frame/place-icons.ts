// The icon of each place.

import Activity from '@lucide/svelte/icons/activity';
import Boxes from '@lucide/svelte/icons/boxes';
import ChartColumn from '@lucide/svelte/icons/chart-column';
import Folders from '@lucide/svelte/icons/folders';
import Images from '@lucide/svelte/icons/images';
import ScanSearch from '@lucide/svelte/icons/scan-search';
import Settings from '@lucide/svelte/icons/settings';

export const PLACE_ICONS = {
  search: ScanSearch,
  gallery: Images,
  cases: Folders,
  training: Activity,
  benchmarks: ChartColumn,
  models: Boxes,
  settings: Settings,
} as const;
