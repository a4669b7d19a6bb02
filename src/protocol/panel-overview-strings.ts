import type { SecurityMode } from '../core/policy-schema';
import type { Texts } from './texts';

/** The overview tab. */
export interface OverviewStrings {
  readonly proxy: string;
  readonly endpoints: string;
  readonly start: string;
  readonly stop: string;
  readonly range: string;
  readonly traffic: string;
  readonly who: string;
  readonly attention: string;
  readonly calm: string;
  readonly moreBlocks: string;
  readonly requests: string;
  readonly all: string;
  readonly refused: string;
  readonly tokens: string;
  readonly tokensPerSecond: string;
  readonly tokensOut: string;
  readonly tokensIn: string;
  readonly firstToken: string;
  readonly median: string;
  readonly slowest: string;
  readonly last: string;
  readonly typicalAndSlow: string;
  readonly noUsage: string;
  readonly showEvents: string;
  readonly time: string;
  readonly numbers: string;
  readonly numbersOf: string;
  readonly nothing: string;
  readonly chartNothing: string;
  readonly chartPeak: string;
  readonly phases: Texts<'off' | 'starting' | 'on' | 'stopping' | 'failed'>;
  readonly modes: Texts<SecurityMode>;
  readonly modeHints: Texts<SecurityMode>;
  readonly from: Texts<'machine' | 'network' | 'domain'>;
  readonly usage: Texts<'key' | 'address' | 'model'>;
  readonly throttle: Readonly<Record<1 | 2 | 3 | 4, string>>;
}

/** Figures of the moment. */
export interface TilesStrings {
  readonly label: string;
  readonly requests: string;
  readonly tokens: string;
  readonly firstToken: string;
  readonly cpu: string;
  readonly memory: string;
  readonly blocked: string;
  readonly running: string;
}
