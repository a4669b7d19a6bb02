import type { AuthResult } from '../../core/authenticator';
import type { SecurityPolicy, SecurityService } from '../../core/policy-schema';
import type { Finding, Identity, Refusal, RequestFacts } from '../../core/request';
import type { Protection } from '../blocks/protected-addresses';
import type { RequestBudget } from '../scores/scorekeeper';
import type { TrackedAddress } from '../scores/tracked-address';

/** What guards know of a request while it is looked at. */
export interface GuardContext {
  readonly facts: RequestFacts;
  readonly policy: SecurityPolicy;
  /** What limits and scores key on: IPv4 address or IPv6 /64. */
  readonly key: string;
  readonly tracked: TrackedAddress;
  /** Set: never blocked, whatever is found. */
  readonly protection: Protection | undefined;
  /** Monotonic ms. */
  readonly now: number;
  /** Path decoded and lower-case, without query; computed once. */
  readonly path: string;
  /** What all guards together have added to the score. */
  readonly request: RequestBudget;
  /** Once identity has been looked at. */
  auth: AuthResult | undefined;
}

/** A finding with what the score needs. */
export interface Sign extends Finding {
  readonly category: string;
  /** What makes it news: the same again adds nothing. */
  readonly distinct: string;
  /** The stranger's own text in the evidence, where there is some. */
  readonly quote?: string;
}

/** What a guard has to say. */
export interface Verdict {
  readonly refusal?: Refusal;
  /** The refusal holds in observe mode too: it keeps a limit that a person gave to this one key. */
  readonly holdsInObserve?: boolean;
  readonly signs?: readonly Sign[];
  /** Response headers of an admitted request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * One question about a request. Synchronous, microseconds. May throw: a detector that does lets the request through
 * and is recorded; identity that does refuses it.
 */
export interface Guard {
  readonly id: string;
  /** Whose mode decides: off skips the guard, observe turns its refusal into a finding. */
  readonly service: SecurityService;
  /** It looks at requests that are refused already, too: who has no key may be a scanner all the same. */
  readonly isDetector: boolean;
  /** Whether the guards after it still look once it has refused. */
  readonly looksOnAfterRefusal: boolean;
  check(context: GuardContext): Verdict | undefined;
}

export function identityOf(context: GuardContext): Identity | undefined {
  return context.auth?.ok === true ? context.auth.identity : undefined;
}

export function hasValidKey({ auth }: Pick<GuardContext, 'auth'>): boolean {
  return auth?.ok === true && auth.identity.type === 'key';
}
