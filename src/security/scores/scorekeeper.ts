import type { Block, BlockCause } from '../../core/block';
import type { SecurityPolicy } from '../../core/policy-schema';
import { printable } from '../../core/printable';
import { reason } from '../../core/reason';
import type { Blocklist } from '../blocks/blocklist';
import type { Sign } from '../guards/guard';
import type { Protection } from '../blocks/protected-addresses';
import type { ScoreLimits } from './score';
import type { TrackedAddress } from './tracked-address';

/** Who is scored. */
export interface Suspect {
  readonly key: string;
  readonly tracked: TrackedAddress;
  readonly protection: Protection | undefined;
  readonly now: number;
  /**
   * Set where the signs are of one request, which several services may look at: what it has added so far, as a share of
   * what one request may add at most.
   */
  readonly request?: RequestBudget;
}

/** Of one request. */
export interface RequestBudget {
  /** 0–1 */
  spent: number;
}

export interface ScoreOutcome {
  /** Points that were news. */
  readonly gained: number;
  readonly total: number;
  /** Passed the warning mark with this request. */
  readonly isWarning: boolean;
  /** Blocked with this request. */
  readonly block?: Block;
  /** What would have been blocked, in observe mode; once per block's length. */
  readonly observedBlock?: { readonly rule: string; readonly reason: string; readonly minutes: number };
}

const nothing: ScoreOutcome = { gained: 0, total: 0, isWarning: false };

/**
 * Turns signs into scores and scores into blocks. Protected addresses are scored, so that their owner can be warned,
 * and never blocked; trusted proxies not even that, for what they send is never their own doing. After a recent request with a valid key gains shrink, and anomalies alone never block.
 */
export class Scorekeeper {
  readonly #blocklist: Blocklist;
  #policy: SecurityPolicy;

  constructor(blocklist: Blocklist, policy: SecurityPolicy) {
    this.#blocklist = blocklist;
    this.#policy = policy;
  }

  configure(policy: SecurityPolicy): void {
    this.#policy = policy;
  }

  /** @param mayBlock whether the services that found the signs enforce */
  apply(suspect: Suspect, signs: readonly Sign[], mayBlock: boolean): ScoreOutcome {
    if (signs.length === 0 || suspect.protection === 'trusted-proxy') return nothing;
    const { tracked, now, request } = suspect;
    const { scoring } = this.#policy;
    const whole = limitsOf(this.#policy);
    const limits = { ...whole, perRequest: whole.perRequest * (1 - (request?.spent ?? 0)) };
    const isTrusted = now - tracked.trustedAt < scoring.trustMinutes * 60_000;
    const factor = isTrusted ? scoring.trustFactor : 1;
    const before = tracked.score.total(now, limits);
    const gained = tracked.score.add(
      signs.map((sign) => ({ category: sign.category, points: sign.points ?? 0, evidence: sign.distinct })),
      factor,
      now,
      limits,
    );
    if (request !== undefined) request.spent += share(gained, whole.perRequest * factor);
    const total = before + gained;
    const traps = this.#countTraps(suspect, signs);
    if (total < scoring.warnAt) tracked.isWarned = false;
    const isWarning = gained > 0 && total >= scoring.warnAt && !tracked.isWarned;
    if (isWarning) tracked.isWarned = true;

    const rule = this.#ruleToBlock(suspect, total, gained, traps, isTrusted, limits);
    if (rule === undefined || suspect.protection !== undefined) return { gained, total, isWarning };
    const why = explain(rule, signs, total, traps);
    const isRepeater = this.#blocklist.strikesOf(suspect.key) > 0;
    const minutes = total >= scoring.longBlockAt || isRepeater ? scoring.longBlockMinutes : scoring.blockMinutes;
    if (!mayBlock) {
      if (now < tracked.observedUntil) return { gained, total, isWarning };
      tracked.observedUntil = now + minutes * 60_000;
      return { gained, total, isWarning, observedBlock: { rule, reason: why.reason, minutes } };
    }
    const block = this.#blocklist.blockAddress(suspect.key, { rule, ...why }, minutes * 60_000);
    return { gained, total, isWarning, ...(block === undefined ? {} : { block }) };
  }

  #countTraps({ tracked, now }: Suspect, signs: readonly Sign[]): number {
    const windowMs = this.#policy.honeypots.windowMinutes * 60_000;
    let traps = 0;
    for (const sign of signs) if (sign.category === 'honeypot') traps = tracked.touchTrap(sign.distinct, now, windowMs);
    return traps;
  }

  #ruleToBlock(
    { tracked, now }: Suspect,
    total: number,
    gained: number,
    traps: number,
    isTrusted: boolean,
    limits: ScoreLimits,
  ): string | undefined {
    if (traps >= this.#policy.honeypots.distinctToBlock) return 'honeypot';
    if (gained <= 0 || total < this.#policy.scoring.blockAt) return undefined;
    const categories = tracked.score.categories(now, limits);
    const isAnomalyOnly = categories.every((category) => category.startsWith('anomaly') || category === 'malformed');
    if (isAnomalyOnly) return isTrusted ? undefined : 'anomaly';
    return 'intrusion';
  }
}

function share(points: number, most: number): number {
  return most > 0 ? points / most : 1;
}

export function limitsOf({ scoring }: SecurityPolicy): ScoreLimits {
  return {
    halfLifeMs: scoring.halfLifeMinutes * 60_000,
    perRequest: scoring.perRequest,
    perCategory: scoring.perCategory,
  };
}

/** Why somebody is blocked: one line of English for lists and logs, and as data for people. */
function explain(
  rule: string,
  signs: readonly Sign[],
  total: number,
  traps: number,
): { readonly reason: string; readonly cause: BlockCause } {
  const last = signs[0];
  const about: Omit<BlockCause, 'sentence'> = {
    ...(last === undefined ? {} : { lastRule: last.rule }),
    ...(last?.quote === undefined ? {} : { quote: printable(last.quote, 200) }),
  };
  if (rule === 'honeypot') {
    return {
      reason: `${traps} different decoys touched`,
      cause: { sentence: reason('block.decoys', traps), ...about },
    };
  }
  const text = printable(`score ${Math.round(total)}; last: ${last?.rule ?? ''} (${last?.evidence ?? ''})`, 300);
  return { reason: text, cause: { sentence: reason('block.score', Math.round(total)), ...about } };
}
