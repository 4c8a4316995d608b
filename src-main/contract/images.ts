// What pictures are called below `/images/`: by their SHA-256 in hex, never by a path.

/** Of an open gallery. */
export function cropImage(gallery: string, digest: string): string {
  return `crops/${encodeURIComponent(gallery)}/${digest}`;
}

/** Of a probe while the window is open. */
export function probeImage(digest: string): string {
  return `probes/${digest}`;
}
