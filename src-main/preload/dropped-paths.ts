// Where dropped files lie: read here, from drops that a person made, so that the page itself never learns to ask for a path.

import { webUtils } from 'electron';

/** As a browser gives them; this side is compiled without its types. */
interface DroppedFile {
  /** Until Electron 31. */
  readonly path?: string;
}

interface Drop {
  /** False for one that a script made. */
  readonly isTrusted: boolean;
  readonly dataTransfer: { readonly files: ArrayLike<DroppedFile> } | null;
}

interface DropTarget {
  addEventListener(type: 'drop', listener: (event: Drop) => void, isCapturing: boolean): void;
  removeEventListener(type: 'drop', listener: (event: Drop) => void, isCapturing: boolean): void;
}

/** Returns what ends the listening. */
export function onDroppedPaths(listener: (paths: readonly string[]) => void): () => void {
  const target = globalThis as unknown as DropTarget;
  const hear = ({ isTrusted, dataTransfer }: Drop): void => {
    if (!isTrusted || dataTransfer === null) return;
    const paths = Array.from(dataTransfer.files, pathOf).filter((path) => path !== '');
    if (paths.length > 0) listener(paths);
  };
  target.addEventListener('drop', hear, true);
  return () => target.removeEventListener('drop', hear, true);
}

/** Empty for what has no path, such as a picture dragged out of a page. */
function pathOf(file: DroppedFile): string {
  const read = webUtils as Pick<typeof webUtils, 'getPathForFile'> | undefined;
  return read === undefined ? (file.path ?? '') : read.getPathForFile(file as never);
}
