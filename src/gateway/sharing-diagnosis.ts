import type { ApiKey } from '../core/api-key';
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

/** A key made now could not be kept without storage, so making one would not help: two sentences. */
const refusals: Readonly<Record<string, DiagnosisCode>> = {
  'exposure.needsKey': 'exposure.refused',
  'exposure.noStorage': 'exposure.refusedUnopened',
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
  const { mode, usableKeys } = state.security;
  const { notice } = state.sharing.exposure;
  const host = hostBeyond(state);
  const refusal = refusals[notice?.code ?? ''];
  if (refusal !== undefined) return step('exposure', false, refusal);
  if (notice !== undefined) {
    return { step: 'exposure', ok: false, finding: { code: 'exposure.narrower', args: [], reason: notice } };
  }
  if (state.proxy.phase !== 'on') return step('exposure', true, 'exposure.closed');
  if (host === undefined) return step('exposure', true, 'exposure.machine');
  return step('exposure', mode !== 'off', listening[mode], host, usableKeys);
}

function storageStep({ security: { storage } }: GatewayState): DiagnosisStep {
  if (storage.kind === 'ok') return step('storage', true, 'storage.ok');
  const code = storage.kind === 'degraded' ? 'storage.degraded' : 'storage.readOnly';
  return { step: 'storage', ok: false, finding: { code, args: [], reason: storage.reason } };
}

/** The addresses on which other machines reach the proxy; undefined: they don't. */
function hostBeyond({ sharing: { exposure } }: GatewayState): string | undefined {
  return exposure.addresses.length === 0 ? undefined : exposure.addresses.join(', ');
}

function isEndingSoon({ kind, revokedAt, expiresAt }: ApiKey, now: number): boolean {
  if (kind !== 'normal' || revokedAt !== undefined || expiresAt === undefined) return false;
  return expiresAt > now && expiresAt <= now + expirySoonMs;
}
