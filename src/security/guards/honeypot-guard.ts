import type { SecurityPolicy } from '../../core/policy-schema';
import type { Guard, GuardContext, Verdict } from './guard';

/**
 * Decoy paths. Touching one is recorded and scored; the answer is the 404 of any unknown path, so nothing gives the
 * trap away. The gate blocks after several different ones.
 */
export class HoneypotGuard implements Guard {
  readonly id = 'honeypot';
  readonly service = 'honeypots';
  readonly isDetector = true;
  readonly looksOnAfterRefusal = true;
  #paths: ReadonlySet<string> = new Set();

  configure(policy: SecurityPolicy): void {
    this.#paths = new Set(policy.honeypots.paths.map(trapOf));
  }

  check({ facts, path, policy }: GuardContext): Verdict | undefined {
    if (facts.route !== undefined) return undefined;
    const trap = trapOf(path);
    if (!this.#paths.has(trap)) return undefined;
    const evidence = `decoy path ${trap}`;
    return {
      signs: [
        {
          rule: this.id,
          category: 'honeypot',
          severity: 'high',
          points: policy.honeypots.points,
          evidence,
          distinct: trap,
          quote: trap,
        },
      ],
    };
  }
}

function trapOf(path: string): string {
  const lower = path.toLowerCase();
  return lower.length > 1 && lower.endsWith('/') ? lower.slice(0, -1) : lower;
}
