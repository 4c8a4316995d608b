// An installed Chromium as the web shell's window.

import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Without Chromium's own traffic, and without a way to any other host, whatever a page asks for. */
export const OFFLINE_WORDS: readonly string[] = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--disable-features=Translate',
  // A proxy that is not there stands before every host but the loopback.
  '--proxy-server=127.0.0.1:9',
  '--webrtc-ip-handling-policy=disable_non_proxied_udp',
];

/**
 * A collection of garbage stops the page the longer the more there is: where faces scroll by, the pictures that have gone
 * take it most of that time. So they come at a quarter more memory instead of at a multiple (EXPERIMENTS.md).
 */
export const SMOOTH_WORDS: readonly string[] = ['--js-flags=--heap-growing-percent=25'];

/** Pictures of faces that an earlier version let the browser keep in the profile: a purge would not reach them. */
export async function removeKeptPictures(profileFolder: string): Promise<void> {
  await rm(join(profileFolder, 'Default', 'Cache'), { recursive: true, force: true });
}

/** What Chromium is started with, to open the address as a window of its own, with a profile of its own. */
export function appWindowWords(address: string, profileFolder: string): string[] {
  const isRoot = process.getuid?.() === 0;
  return [
    `--app=${address}`,
    `--user-data-dir=${profileFolder}`,
    '--no-first-run',
    '--no-default-browser-check',
    ...OFFLINE_WORDS,
    ...SMOOTH_WORDS,
    // Chromium refuses to run as root otherwise; whoever runs as root has no sandbox to lose.
    ...(isRoot ? ['--no-sandbox'] : []),
  ];
}

/** Opens the address as that window. */
export function openAppWindow(browser: string, address: string, profileFolder: string): ChildProcess {
  return spawn(browser, appWindowWords(address, profileFolder), { stdio: 'ignore' });
}
