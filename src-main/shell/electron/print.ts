// Prints an HTML file as PDF by Electron itself: in a hidden page without scripts that may read that one file.

import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { BrowserWindow, session } from 'electron';

/** In memory only: nothing of a printed page is kept. */
const PARTITION = 'glimpse-print';

export async function printInWindow(htmlPath: string, pdfPath: string): Promise<void> {
  const own = session.fromPartition(PARTITION);
  const page = pathToFileURL(htmlPath).href;
  own.webRequest.onBeforeRequest(({ url }, decide) => {
    decide({ cancel: url !== page && !url.startsWith('data:') });
  });
  const window = new BrowserWindow({
    show: false,
    webPreferences: { session: own, sandbox: true, contextIsolation: true, javascript: false },
  });
  try {
    await window.loadFile(htmlPath);
    await writeFile(pdfPath, await window.webContents.printToPDF({ printBackground: true }));
  } finally {
    window.destroy();
  }
}
