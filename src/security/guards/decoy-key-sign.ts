import type { SecurityPolicy } from '../../core/policy-schema';
import type { Sign } from './guard';

/** Somebody used a key that was only laid out to be found. */
export function decoyKeySign({ honeypots }: SecurityPolicy, keyId: string | undefined): Sign {
  return {
    rule: 'honeypot.key',
    category: 'honeypot',
    severity: 'critical',
    points: honeypots.points,
    evidence: 'a decoy key was used',
    distinct: `key ${keyId ?? ''}`,
  };
}
