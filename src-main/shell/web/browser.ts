// An installed Chromium as the web shell's window.

import { type ChildProcess, spawn } from 'node:child_process';

/** Without Chromium's own traffic, and without a way to any other host, whatever a page asks for. */
export const OFFLINE_WORDS: readonly string[] = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--disable-features=Translate',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
];

/** Opens the address as a window of its own, with a profile of its own. */
export function openAppWindow(browser: string, address: string, profileFolder: string): ChildProcess {
  const isRoot = process.getuid?.() === 0;
  const words = [
    `--app=${address}`,
    `--user-data-dir=${profileFolder}`,
    '--no-first-run',
    '--no-default-browser-check',
    ...OFFLINE_WORDS,
    // Chromium refuses to run as root otherwise; whoever runs as root has no sandbox to lose.
    ...(isRoot ? ['--no-sandbox'] : []),
  ];
  return spawn(browser, words, { stdio: 'ignore' });
}
