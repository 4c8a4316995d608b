// The desktop's composition root, built for Electron.

import { startDesktop } from './shell/electron/desktop.ts';

startDesktop();
