import { stat } from 'node:fs/promises';

/** Rights of files, as POSIX systems have them. */
export interface FilePermissions {
  /** The nine `rwx` bits; undefined: there is no such file, or it cannot be looked at. Never rejects. */
  mode(path: string): Promise<number | undefined>;
}

export const nodeFilePermissions: FilePermissions = {
  mode: (path) =>
    stat(path).then(
      (facts) => facts.mode & 0o777,
      () => undefined,
    ),
};

/** Rights of anybody but owner and group. */
export const othersMask = 0o007;
/** Rights of anybody but the owner. */
export const notOwnerMask = 0o077;
