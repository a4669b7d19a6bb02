import type { Texts } from './texts';

/** The blocklist tab. */
export interface BlocklistStrings {
  readonly blocks: string;
  readonly allowed: string;
  readonly allowedHint: string;
  readonly search: string;
  readonly searchHint: string;
  readonly add: string;
  readonly addAction: string;
  readonly addAllowed: string;
  readonly allowAction: string;
  readonly range: string;
  readonly rangeHint: string;
  readonly noRange: string;
  readonly note: string;
  readonly noteHint: string;
  readonly howLong: string;
  readonly extend: string;
  readonly extendTitle: string;
  readonly longerBy: string;
  readonly import: string;
  readonly imported: string;
  readonly refusedLines: string;
  readonly line: string;
  readonly exportAs: string;
  readonly exportPlain: string;
  readonly exported: string;
  readonly clearTemporary: string;
  readonly clearQuestion: string;
  readonly cleared: string;
  readonly noBlocks: string;
  readonly noMatch: string;
  readonly noAllowed: string;
  readonly removeAllowed: string;
  readonly allowedRemoved: string;
  readonly untilLifted: string;
  readonly left: string;
  readonly allowedLeft: string;
  readonly sources: Texts<'manual' | 'auto' | 'import'>;
}
