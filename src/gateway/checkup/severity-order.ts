import type { CheckupFinding } from '../../protocol/sharing-rpc';

const ranks: Record<CheckupFinding['severity'], number> = { critical: 0, high: 1, medium: 2, low: 3 };

/** Worst first. */
export function bySeverity(a: Pick<CheckupFinding, 'severity'>, b: Pick<CheckupFinding, 'severity'>): number {
  return ranks[a.severity] - ranks[b.severity];
}

/** Worth an interruption. */
export function isGrave({ severity }: Pick<CheckupFinding, 'severity'>): boolean {
  return severity === 'high' || severity === 'critical';
}
