import type { Clock, Timer } from '../../core/clock';
import type { ReasonCode } from '../../core/reason';
import type { ExposureState } from '../../protocol/sharing-rpc';
import type { Gateway } from '../gateway-port';

/** A certificate may have to be made first, which takes a second; a slow machine gets time. */
export const exposureWaitMs = 15_000;
/** It is open already, so perhaps nothing changes at all. */
export const reopenWaitMs = 2_000;

/** What is said while things are still under way. */
const passing: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'exposure.certificatePreparing',
  'exposure.unconfirmed',
  'exposure.needsTls',
]);

/**
 * Waits until what was agreed has happened, or the gateway says why it does not. Resolves with what is so then, after
 * {@link exposureWaitMs} at the latest; undefined without a gateway. `before`: as it was when it was asked for.
 */
export async function awaitExposure(
  gateway: Pick<Gateway, 'status' | 'onDidChangeStatus'>,
  clock: Pick<Clock, 'setTimeout'>,
  before: ExposureState | undefined,
): Promise<ExposureState | undefined> {
  let timer: Timer | undefined;
  const now = () => gateway.status.state?.sharing.exposure;
  await new Promise<void>((resolve) => {
    const finish = () => {
      subscription.dispose();
      timer?.cancel();
      resolve();
    };
    const look = () => {
      const state = now();
      if (state === undefined || state === before) return;
      const isRefused = state.notice !== undefined && !passing.has(state.notice.code);
      if (state.addresses.length > 0 || isRefused) finish();
    };
    const subscription = gateway.onDidChangeStatus(look);
    const isOpen = before !== undefined && before.addresses.length > 0;
    timer = clock.setTimeout(finish, isOpen ? reopenWaitMs : exposureWaitMs);
    look();
  });
  return now();
}
