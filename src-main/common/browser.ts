// Finds an installed Chromium: the web shell's window, the printer of reports.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
  'microsoft-edge',
  'brave-browser',
];

/** The first on the PATH, or null. `GLIMPSE_BROWSER` names another. */
export function findBrowser(environment: NodeJS.ProcessEnv): string | null {
  if (environment.GLIMPSE_BROWSER) return environment.GLIMPSE_BROWSER;
  const folders = (environment.PATH ?? '').split(delimiter).filter(Boolean);
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find(isRunnable) ?? null;
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
