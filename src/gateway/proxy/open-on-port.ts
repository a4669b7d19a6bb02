import type { Clock } from '../../core/clock';
import type { FlmConfig } from '../../core/config-schema';
import { FlmError, messageOf } from '../../core/errors';
import { reason, type Reason } from '../../core/reason';
import { portsTried } from '../../proxy/listen';
import { loopbackHost } from '../exposure/endpoints';
import type { OpenedProxy, OpenProxy } from '../gateway-ports';

/** After a take-over the previous owner's port may need a moment to become free. */
const rememberedPortAttempts = 8;
const rememberedPortRetryMs = 150;

export interface PortOpening {
  readonly open: OpenProxy;
  readonly isPortFree: (port: number) => Promise<boolean>;
  readonly clock: Clock;
}

/**
 * Opens a proxy on the port an earlier owner had, waiting up to 1.2 s for it, else on the wanted one or one of those that
 * follow. Answers why it could not; never rejects.
 */
export async function openOnPort(
  { open, isPortFree, clock }: PortOpening,
  config: FlmConfig,
  wanted: number,
  remembered: number | undefined,
): Promise<OpenedProxy | Reason> {
  try {
    const isFree = remembered !== undefined && (await becomesFree(isPortFree, clock, remembered));
    return await open(config, isFree ? remembered : wanted);
  } catch (error) {
    if (FlmError.is(error, 'port_in_use')) return reason('proxy.noPort', wanted, wanted + portsTried);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return reason('proxy.bindFailed', `${loopbackHost}:${wanted}`, messageOf(cause));
  }
}

async function becomesFree(isPortFree: PortOpening['isPortFree'], clock: Clock, port: number): Promise<boolean> {
  for (let attempt = 1; attempt <= rememberedPortAttempts; attempt++) {
    if (await isPortFree(port)) return true;
    await new Promise<void>((resolve) => clock.setTimeout(resolve, rememberedPortRetryMs));
  }
  return false;
}
