import { reasonTemplates, type Reason, type ReasonCode } from '../../core/reason';
import type { PrivateFolder } from '../private-folder';

/** What is remembered of failures, so that windows that come and go do not ask a CA more often than it allows. */
export interface AttemptRecord {
  /** Of the settings it was made with: with others there is no reason to wait. */
  readonly settings: string;
  /** In a row. */
  readonly failures: number;
  /** Epoch ms before which no attempt is made by itself. */
  readonly nextAt: number;
  readonly reason: Reason;
}

/** Undefined when there is none, or one that cannot be read. Rejects with the file system's error. */
export async function readAttempts(folder: PrivateFolder, name: string): Promise<AttemptRecord | undefined> {
  const text = await folder.read(name);
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Partial<AttemptRecord>;
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export async function writeAttempts(folder: PrivateFolder, name: string, record: AttemptRecord): Promise<void> {
  await folder.write(name, `${JSON.stringify(record)}\n`);
}

function isRecord(value: Partial<AttemptRecord>): value is AttemptRecord {
  return (
    typeof value.settings === 'string' &&
    Number.isSafeInteger(value.failures) &&
    Number.isFinite(value.nextAt) &&
    isReason(value.reason)
  );
}

function isReason(value: Partial<Reason> | undefined): value is Reason {
  if (typeof value?.code !== 'string' || !Array.isArray(value.args)) return false;
  const isTemplate = Object.hasOwn(reasonTemplates, value.code satisfies ReasonCode);
  return isTemplate && value.args.every((arg) => typeof arg === 'string' || typeof arg === 'number');
}
