import type { StoredKey } from '../core/api-key';
import type { AuditEvent } from '../core/audit';
import type { AllowEntry, Block } from '../core/block';
import type { AccessRecord } from '../core/request';
import type { AccessValues } from './access-codec';

/** A small named JSON value: the security policy and the like. */
export interface StoredDocument {
  readonly name: string;
  readonly value: unknown;
  readonly updatedAt: number;
}

/** Everything that goes through the journal, by its tag. Tags are on disk: never reuse one. */
export interface JournalEntries {
  a: AuditEvent;
  /** Access record as an object: read, no longer written. */
  r: AccessRecord;
  /** Access record as its column values; columns added later may be missing at the end. */
  q: AccessValues;
  k: StoredKey;
  /** Key removed. */
  kd: { readonly id: string };
  /** Key used. */
  t: { readonly id: string; readonly at: number };
  b: Block;
  bd: { readonly range: string };
  w: AllowEntry;
  wd: { readonly range: string };
  d: StoredDocument;
  dd: { readonly name: string };
}

export type EntryTag = keyof JournalEntries;

/** An entry with its number. Numbers grow by one and are never reused; they make replaying harmless. */
export type JournalEntry = { [T in EntryTag]: readonly [number: number, tag: T, value: JournalEntries[T]] }[EntryTag];
