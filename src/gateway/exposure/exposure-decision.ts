import type { ExposureScope, MachineAddress } from '../../core/exposure';
import { reason, type Reason } from '../../core/reason';
import type { TlsPolicy, TlsState } from '../../core/tls';
import type { ExposureWish } from './exposure-wish';
import { resolveEntries } from './machine-addresses';

export interface DecisionFacts {
  readonly wish: ExposureWish;
  /** `ok`: somebody outside could come in, and nobody without a key. */
  readonly guard: 'ok' | 'no-key' | 'no-storage';
  readonly tlsPolicy: Pick<TlsPolicy, 'mode' | 'plainHttp'>;
  readonly tls: TlsState;
  readonly machine: readonly MachineAddress[];
}

/** What happens. */
export interface ExposureDecision {
  readonly scope: ExposureScope;
  /** Beyond loopback. */
  readonly addresses: readonly MachineAddress[];
  readonly isTls: boolean;
  /** Why it is narrower than wished. */
  readonly notice?: Reason;
}

/** Fails closed: what is missing keeps everything beyond this machine shut, and is said. */
export function decideExposure(facts: DecisionFacts): ExposureDecision {
  const { wish, machine } = facts;
  const isTls = facts.tlsPolicy.mode !== 'off';
  const unconfirmed = wish.unconfirmed === undefined ? {} : { notice: reason('exposure.unconfirmed') };
  const shut = { scope: 'machine', addresses: [], isTls } as const;
  if (wish.scope === 'machine') return { ...shut, ...unconfirmed };
  const obstacle = guardObstacle(facts) ?? tlsObstacle(facts);
  if (obstacle !== undefined) return { ...shut, notice: obstacle };
  const addresses = wish.scope === 'all' ? machine : resolveEntries(wish.entries, machine);
  if (addresses.length > 0) return { scope: wish.scope, addresses, isTls, ...unconfirmed };
  const missing = wish.scope === 'all' ? reason('exposure.noNetwork') : reason('exposure.noAddress', listed(wish));
  return { scope: wish.scope, addresses, isTls, notice: missing };
}

function guardObstacle({ guard }: DecisionFacts): Reason | undefined {
  if (guard === 'ok') return undefined;
  return reason(guard === 'no-key' ? 'exposure.needsKey' : 'exposure.noStorage');
}

function tlsObstacle({ tlsPolicy, tls }: DecisionFacts): Reason | undefined {
  if (tlsPolicy.mode === 'off') return tlsPolicy.plainHttp === true ? undefined : reason('exposure.needsTls');
  if (tls.mode === tlsPolicy.mode && tls.phase === 'ready') return undefined;
  return reason(tls.phase === 'failed' ? 'exposure.certificateFailed' : 'exposure.certificatePreparing');
}

function listed({ entries }: ExposureWish): string {
  return entries.slice(0, 5).join(', ') + (entries.length > 5 ? ', …' : '');
}
