import type { Texts } from './texts';

/** Words used everywhere. */
export interface CommonStrings {
  readonly title: string;
  readonly close: string;
  readonly cancel: string;
  readonly save: string;
  readonly copy: string;
  readonly copied: string;
  readonly dismiss: string;
  readonly retry: string;
  readonly loading: string;
  readonly connecting: string;
  readonly noAnswer: string;
  readonly thisMachine: string;
  readonly stale: string;
}

/** How the window stands with the gateway. */
export interface ConnectionStrings {
  readonly idle: string;
  readonly connecting: string;
  readonly failed: string;
  readonly incompatible: string;
  readonly asOf: string;
}

/** Names of the tabs. */
export type TabsStrings = Texts<'overview' | 'events' | 'blocklist' | 'keys' | 'policy'>;

/** After a number. */
export type UnitsStrings = Texts<'ms' | 's' | 'min' | 'h' | 'd'>;

/** Spans of time to look back. */
export type RangesStrings = Texts<'1h' | '24h' | '7d'>;

/** How long something shall last. */
export type DurationsStrings = Texts<'hour' | 'day' | 'week' | 'month' | 'year' | 'forGood'>;

/** What is done about an address. */
export interface ActionsStrings {
  readonly why: string;
  readonly unblock: string;
  readonly undo: string;
  readonly allowAlways: string;
  readonly blockDay: string;
  readonly blocked: string;
  readonly unblocked: string;
  readonly allowed: string;
  readonly extended: string;
  readonly madePermanent: string;
}
