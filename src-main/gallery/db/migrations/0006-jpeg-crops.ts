// Version 6: crops may be JPEG files. No row changes; an older Glimpse would miss such crops, and sweep them away.

import type { Migration } from '../migrate.ts';

export const jpegCrops: Migration = { version: 6, sql: '' };
