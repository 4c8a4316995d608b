// What a folder dialog asks for and is given.

/** Which files are listed beside the folders, by their endings. */
export type FileChoice = 'none' | 'onnx' | 'bin' | 'zip' | 'faces';

/** The name as it is, or with the ending that it lacks. */
export function withEnding(name: string, ending: string): string {
  return name.endsWith(ending) ? name : `${name}${ending}`;
}

export interface FolderNames {
  readonly path: string;
  readonly parent: string | null;
  readonly folders: readonly string[];
  readonly files: readonly string[];
  readonly isCut: boolean;
}

/** `path` null is the home folder. Throws with one sentence. */
export type BrowseFolder = (path: string | null, files: FileChoice) => Promise<FolderNames>;

export function joinPath(folder: string, name: string): string {
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
