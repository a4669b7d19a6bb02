import type { Disposable } from '../core/disposable';
import { isUsable } from '../core/engine';
import { messageOf } from '../core/errors';
import type { Logger } from '../core/logger';
import type { Gateway } from './gateway-port';

/**
 * For `npm start`, which sets `FLM_START_DEMO=1`: somebody who tries FLM on a machine without an engine sees something at
 * once. Runs the labelled demo engine when the first round of detection has found nothing that can be used.
 */
export function startDemoWhenAlone(gateway: Gateway, log: Logger): Disposable {
  const check = (): void => {
    const { state } = gateway.status;
    if (state?.engines.scannedAt === undefined) return;
    subscription.dispose();
    const isAlone = state.demoEngine === undefined && !state.engines.engines.some((engine) => isUsable(engine.state));
    if (!isAlone) return;
    gateway.request('demo/start', {}).catch((error: unknown) => {
      log.error('The demo engine could not be started', { error: messageOf(error) });
    });
  };
  const subscription = gateway.onDidChangeStatus(check);
  gateway.start();
  check();
  return subscription;
}
