import type { ApiKey } from '../core/api-key';
import { isLoopbackHost } from '../core/model-id';
import type { DiagnosisCode, DiagnosisStep, GatewayState } from '../protocol/gateway-rpc';
import type { SecuritySummary } from '../protocol/security-rpc';
import { step } from './diagnosis-step';

/** Long enough to hand out a new key before the old one ends, even over a weekend. */
const expirySoonMs = 3 * 24 * 60 * 60 * 1000;
const maxLabels = 5;

const listening: Record<SecuritySummary['mode'], DiagnosisCode> = {
  off: 'exposure.unguarded',
  observe: 'exposure.observed',
  enforce: 'exposure.enforced',
};

/**
 * Whether those who are to use the models can, and only those: keys, exposure and what FLM remembers. `keys` are all
 * keys, `now` is epoch ms.
 */
export function sharingSteps(state: GatewayState, keys: readonly ApiKey[], now: number): readonly DiagnosisStep[] {
  return [keysStep(state, keys, now), exposureStep(state), storageStep(state)];
}

function keysStep(state: GatewayState, keys: readonly ApiKey[], now: number): DiagnosisStep {
  const { usableKeys } = state.security;
  const host = hostBeyond(state);
  if (usableKeys === 0 && host !== undefined) return step('keys', false, 'keys.noneExposed', host);
  if (usableKeys === 0) return step('keys', true, 'keys.none');
  const ending = keys.filter((key) => isEndingSoon(key, now)).map(({ label }) => label);
  if (ending.length === 0) return step('keys', true, 'keys.ok', usableKeys);
  const labels = ending.slice(0, maxLabels).join(', ') + (ending.length > maxLabels ? ', …' : '');
  return step('keys', true, 'keys.expiring', usableKeys, labels);
}

function exposureStep(state: GatewayState): DiagnosisStep {
  const { phase, notice } = state.proxy;
  const { mode, usableKeys, storage } = state.security;
  if (notice?.code === 'proxy.bindRefused') {
    // A key made now could not be kept, so making one would not help.
    const isUnopened = storage.kind !== 'ok' && storage.reason.code === 'storage.notOpened';
    return step('exposure', false, isUnopened ? 'exposure.refusedUnopened' : 'exposure.refused', ...notice.args);
  }
  if (phase !== 'on') return step('exposure', true, 'exposure.closed');
  const host = hostBeyond(state);
  if (host === undefined) return step('exposure', true, 'exposure.machine');
  return step('exposure', mode !== 'off', listening[mode], host, usableKeys);
}

function storageStep({ security: { storage } }: GatewayState): DiagnosisStep {
  if (storage.kind === 'ok') return step('storage', true, 'storage.ok');
  const code = storage.kind === 'degraded' ? 'storage.degraded' : 'storage.readOnly';
  return { step: 'storage', ok: false, finding: { code, args: [], reason: storage.reason } };
}

/** The address on which other machines reach the proxy; undefined: they don't. */
function hostBeyond({ proxy: { phase, host } }: GatewayState): string | undefined {
  return phase !== 'on' || host === undefined || isLoopbackHost(host) ? undefined : host;
}

function isEndingSoon({ kind, revokedAt, expiresAt }: ApiKey, now: number): boolean {
  if (kind !== 'normal' || revokedAt !== undefined || expiresAt === undefined) return false;
  return expiresAt > now && expiresAt <= now + expirySoonMs;
}
