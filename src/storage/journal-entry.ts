import type { StoredKey } from '../core/api-key';
import type { AuditEvent } from '../core/audit';
import type { AllowEntry, Block } from '../core/block';
import type { AccessRecord } from '../core/request';

/** A small named JSON value: the security policy and the like. */
export interface StoredDocument {
  readonly name: string;
  readonly value: unknown;
  readonly updatedAt: number;
}

/** Everything that goes through the journal, by its tag. Tags are on disk: never reuse one. */
export interface JournalEntries {
  a: AuditEvent;
  r: AccessRecord;
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
