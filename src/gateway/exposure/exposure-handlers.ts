import type { Clock } from '../../core/clock';
import { FlmError } from '../../core/errors';
import type { MachineAddress } from '../../core/exposure';
import { reasonText, reason } from '../../core/reason';
import type { SharingHandlers } from '../sharing-handlers';
import type { Certificates } from './certificates';
import type { DecisionFacts } from './exposure-decision';
import type { ExposureKeeper } from './exposure-keeper';
import type { ExposureService } from './exposure-service';
import { isOpen } from './exposure-wish';

export interface ExposureHandlerDeps {
  readonly keeper: ExposureKeeper;
  readonly service: ExposureService;
  readonly certificates: Certificates;
  readonly guard: () => DecisionFacts['guard'];
  readonly readAddresses: () => readonly MachineAddress[];
  /** Ends every share that goes beyond this machine. */
  readonly endShares: () => Promise<void>;
  readonly clock: Clock;
}

type ExposureHandlers = Pick<
  SharingHandlers,
  'exposure/addresses' | 'exposure/confirm' | 'exposure/close' | 'tls/renew' | 'tls/revoke' | 'tls/ca'
>;

/** One row per request about exposure and certificates. Parameters are already checked. */
export function exposureHandlers(deps: ExposureHandlerDeps): ExposureHandlers {
  const { keeper, service, certificates } = deps;
  return {
    'exposure/addresses': () => deps.readAddresses(),
    'exposure/confirm': async ({ until, ...demand }) => {
      if (demand.scope === 'interfaces' && !isOpen(demand)) throw invalid('addresses must name at least one.');
      if (until !== undefined && until <= deps.clock.now()) throw invalid('until must be in the future.');
      if (isOpen(demand)) requireGuard(deps.guard());
      await keeper.confirm(demand, until);
      await service.settled();
      return service.state();
    },
    'exposure/close': async () => {
      // First what can be done at once; ending shares writes to the disk
      const closing = keeper.close();
      await deps.endShares();
      await closing;
      await service.settled();
      return service.state();
    },
    'tls/renew': () => certificates.renew(),
    'tls/revoke': () => certificates.revoke(),
    'tls/ca': () => certificates.ca(),
  };
}

function requireGuard(guard: DecisionFacts['guard']): void {
  if (guard === 'ok') return;
  const why = reason(guard === 'no-key' ? 'exposure.needsKey' : 'exposure.noStorage');
  throw new FlmError('exposure_refused', reasonText(why));
}

function invalid(message: string): FlmError {
  return new FlmError('invalid_request', message);
}
