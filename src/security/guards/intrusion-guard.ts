import type { SecurityPolicy } from '../../core/policy-schema';
import { IntrusionDetector } from '../intrusion/detector';
import type { Guard, GuardContext, Verdict } from './guard';
import { intrusionVerdict } from './intrusion-verdict';

/** Signatures over request line and headers. Blocks come from the score, which needs several. */
export class IntrusionGuard implements Guard {
  readonly id = 'intrusion';
  readonly service = 'intrusion';
  readonly isDetector = true;
  readonly looksOnAfterRefusal = true;
  #detector = new IntrusionDetector();

  configure(policy: SecurityPolicy): void {
    this.#detector = new IntrusionDetector(policy.intrusion.disabledRules);
  }

  check(context: GuardContext): Verdict | undefined {
    const found = this.#detector.inspect(context.facts);
    if (found.length === 0) return undefined;
    const signs = found.map((sign) => ({
      rule: sign.id,
      category: sign.category,
      severity: sign.severity,
      points: sign.points,
      evidence: `${sign.reason}: ${sign.evidence}`,
      distinct: `${sign.id} ${context.path} ${sign.evidence}`,
      quote: sign.evidence,
    }));
    return intrusionVerdict(context, signs);
  }
}
