/** An open file. Every call rejects with a Node error (`code` `ENOSPC`, `EIO` …) when the disk fails. */
export interface OpenFile {
  /** Appends all of `data`. Resolved: it is with the operating system and survives the end of this process. */
  write(data: Uint8Array): Promise<void>;
  /** Resolved: what was written survives a power cut, as far as the disk tells the truth. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FileStat {
  readonly size: number;
  /** Last change, epoch ms. */
  readonly changedAt: number;
  /** Tells one file from another under the same name. */
  readonly identity: string;
}

/**
 * The few things storage does with files, as a port: tests hand in one that fails, fills up or stops dead.
 * Everything it makes belongs to the user alone: folders 0700, files 0600 (on Windows the profile's ACL does that).
 */
export interface FileSystem {
  /** Makes the folder and its parents; an existing one is made private. */
  makeFolder(path: string): Promise<void>;
  /** Undefined when there is no such file. */
  readFile(path: string): Promise<Uint8Array | undefined>;
  /** `exclusive` fails with `EEXIST` when the file exists; `replace` empties it; `append` continues it. */
  open(path: string, mode: 'exclusive' | 'replace' | 'append'): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name; fails where the file system cannot. */
  link(from: string, to: string): Promise<void>;
  /** A missing file is fine. */
  remove(path: string): Promise<void>;
  /** Names, sorted; none when the folder is missing. */
  list(folder: string): Promise<readonly string[]>;
  stat(path: string): Promise<FileStat | undefined>;
  /** Sets the time of the last change. */
  touch(path: string, at: number): Promise<void>;
  /** Makes renames and new names in the folder durable where the system can (not on Windows). */
  syncFolder(path: string): Promise<void>;
}

/** The `code` of a Node error, or the error's text. */
export function errorCodeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : error instanceof Error ? error.message : String(error);
}
