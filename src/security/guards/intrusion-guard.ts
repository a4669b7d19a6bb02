import type { SecurityPolicy } from '../../core/policy-schema';
import type { Guard, GuardContext, Verdict } from './guard';
import { identityOf } from './guard';
import { IntrusionDetector } from '../intrusion/detector';

/**
 * Signatures over request line and headers. A request with one clear exploit is refused by itself; blocks come from the
 * score, which needs several. Callers with a key or from this machine are only recorded: their routes cannot be
 * exploited that way, and refusing a programmer is worse.
 */
export class IntrusionGuard implements Guard {
  readonly id = 'intrusion';
  readonly service = 'intrusion';
  readonly looksOnAfterRefusal = true;
  #detector = new IntrusionDetector();

  configure(policy: SecurityPolicy): void {
    this.#detector = new IntrusionDetector(policy.intrusion.disabledRules);
  }

  check(context: GuardContext): Verdict | undefined {
    const found = this.#detector.inspect(context.facts);
    const first = found[0];
    if (first === undefined) return undefined;
    const signs = found.map((sign) => ({
      rule: sign.id,
      category: sign.category,
      severity: sign.severity,
      points: sign.points,
      evidence: `${sign.reason}: ${sign.evidence}`,
      distinct: `${sign.id} ${context.path} ${sign.evidence}`,
      quote: sign.evidence,
    }));
    // A trusted proxy is no reason to let strangers pass who come through it.
    const isOwn = context.protection !== undefined && context.protection !== 'trusted-proxy';
    const mayPass = isOwn || identityOf(context) !== undefined;
    const points = Math.min(
      context.policy.scoring.perRequest,
      found.reduce((sum, sign) => sum + sign.points, 0),
    );
    if (mayPass || points < context.policy.intrusion.refuseAt) return { signs };
    const refusal = {
      rule: first.id,
      code: 'request_blocked',
      message:
        'The request looks like an attack and was not handled. If it is not, tell the owner of this gateway the request id.',
    } as const;
    return { refusal, signs };
  }
}
