import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FlmError } from '../../core/errors';
import { randomId } from '../../core/random-id';

/** Larger than any configuration; keeps a wrong path from filling memory. */
const maxBytes = 4 * 1024 * 1024;
/** The files hold a key: for their owner only, on systems that know such modes. */
const privateMode = 0o600;

/** What a write did, enough to take it back. Plain JSON. */
export interface FileChange {
  readonly path: string;
  /** Copy of the file before the change; undefined: there was none. */
  readonly backup?: string;
  /** SHA-256 of what was written. */
  readonly written: string;
}

/** The text of a file; undefined when there is none. Rejects with FlmError when it cannot be read as text. */
export async function readConfigFile(path: string): Promise<string | undefined> {
  try {
    if ((await stat(path)).size > maxBytes) throw new FlmError('config_invalid', `${path} is too large`);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (error instanceof TypeError) throw new FlmError('config_invalid', `${path} is not UTF-8 text`, { cause: error });
    throw error;
  }
}

/**
 * Writes a file whole or not at all, after a copy of what was there: `<file>.flm-backup-<time>`. A link stays a link and
 * its target gets the text. Rejects with FlmError `config_invalid` when the file is no longer `expected`.
 */
export async function writeConfigFile(
  path: string,
  text: string,
  expected: string | undefined,
  now: number,
): Promise<FileChange> {
  await mkdir(dirname(path), { recursive: true });
  const target = await realPathOf(path);
  const current = await readConfigFile(target);
  if (current !== expected) throw new FlmError('config_invalid', `${path} was changed meanwhile`);
  const backup = current === undefined ? undefined : `${target}.flm-backup-${timestamp(now)}`;
  if (backup !== undefined && current !== undefined) {
    await writeFile(backup, current, { mode: privateMode, flag: 'wx' });
  }
  await replace(target, text);
  return { path: target, written: hash(text), ...(backup !== undefined && { backup }) };
}

/** `restored`: the file is as before · `changed`: somebody has edited it since, so it is left alone · `gone`: it or its copy is no more. */
export type UndoOutcome = 'restored' | 'changed' | 'gone';

/** Takes a change back, unless the file has been changed by anybody since. The copy goes when it has served. */
export async function undoFileChange(change: FileChange): Promise<UndoOutcome> {
  const current = await readConfigFile(change.path);
  if (current === undefined) return 'gone';
  if (hash(current) !== change.written) return 'changed';
  if (change.backup === undefined) {
    await rm(change.path);
    return 'restored';
  }
  const before = await readConfigFile(change.backup);
  if (before === undefined) return 'gone';
  await replace(change.path, before);
  await rm(change.backup, { force: true });
  return 'restored';
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.flm-${randomId(8)}.tmp`;
  try {
    await writeFile(temporary, text, { mode: privateMode, flag: 'wx' });
    const mode = await modeOf(path);
    if (mode !== undefined) await chmod(temporary, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isMissing(error)) return path;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** `20261122T091530123Z`: sorts by time, and every file system takes it as part of a name. */
function timestamp(now: number): string {
  return new Date(now).toISOString().replace(/[-:.]/g, '');
}
