import type { Guard, GuardContext, Sign, Verdict } from './guard';
import { isUnlimited } from '../blocks/protected-addresses';
import { isForeignScript } from '../scores/tracked-address';

/** Windows over the rate, beyond those forgiven, from which it is a flood: no office full of people lasts that long. */
const FLOOD_WINDOWS = 6;

/** Different `.php` paths in a minute from which they are no stale bookmark: nobody clicks through them that fast. */
const FOREIGN_SCRIPTS = 5;
const FOREIGN_SCRIPT_POINTS = 10;

/**
 * Rates and floods of unknown paths. Over a rate the answer is 429 first; only an address that stays over it for
 * several windows is scored, because ten colleagues behind one NAT reach it for a moment.
 */
export class AnomalyGuard implements Guard {
  readonly id = 'anomaly';
  readonly service = 'anomaly';
  readonly isDetector = true;
  readonly looksOnAfterRefusal = false;

  check(context: GuardContext): Verdict | undefined {
    const signs: Sign[] = [];
    this.#unknownPath(context, signs);
    const verdict = this.#rate(context, signs);
    return verdict ?? (signs.length === 0 ? undefined : { signs });
  }

  #unknownPath({ facts, tracked, path, now, policy }: GuardContext, signs: Sign[]): void {
    if (facts.route !== undefined) return;
    const { unknownPathsPerMinute, unknownPathPoints } = policy.anomaly;
    const { distinct, isNew, scripts } = tracked.seePath(path, now);
    if (isNew && scripts > FOREIGN_SCRIPTS && isForeignScript(path)) {
      signs.push({
        rule: 'anomaly.foreign-scripts',
        category: 'script-probe',
        severity: 'low',
        points: FOREIGN_SCRIPT_POINTS,
        evidence: `${scripts} different scripts of other servers in a minute`,
        distinct: path,
      });
    }
    if (!isNew || distinct <= unknownPathsPerMinute) return;
    signs.push({
      rule: 'anomaly.unknown-paths',
      category: 'anomaly-paths',
      severity: 'low',
      points: unknownPathPoints,
      evidence: `${distinct} different unknown paths in a minute`,
      distinct: path,
    });
  }

  #rate({ facts, tracked, now, policy, protection }: GuardContext, signs: Sign[]): Verdict | undefined {
    if (facts.isDirectLocal || isUnlimited(protection)) return undefined;
    const { requestsPerSecond, requestsPerMinute, windowsBeforeScoring, ratePoints } = policy.anomaly;
    const inSecond = tracked.second.count(now);
    const isBurst = inSecond > requestsPerSecond;
    const inMinute = isBurst ? 0 : tracked.minute.count(now);
    if (!isBurst && inMinute <= requestsPerMinute) return undefined;

    const window = isBurst ? tracked.second : tracked.minute;
    if (window.start !== tracked.lastWindowOver) {
      tracked.windowsOver = window.start - tracked.lastWindowOver > 300_000 ? 1 : tracked.windowsOver + 1;
      tracked.lastWindowOver = window.start;
    }
    const evidence = isBurst
      ? `${Math.round(inSecond)} requests in a second`
      : `${Math.round(inMinute)} requests in a minute`;
    if (tracked.windowsOver > windowsBeforeScoring) {
      const isFlood = tracked.windowsOver > windowsBeforeScoring + FLOOD_WINDOWS;
      signs.push({
        rule: isFlood ? 'anomaly.flood' : 'anomaly.rate',
        category: isFlood ? 'anomaly-flood' : 'anomaly-rate',
        severity: 'medium',
        points: ratePoints,
        evidence,
        distinct: `rate ${window.start}`,
      });
    }
    const limit = isBurst ? requestsPerSecond : requestsPerMinute;
    return {
      signs,
      refusal: {
        rule: 'anomaly.rate',
        code: 'rate_limited',
        message: `Too many requests: this gateway takes ${limit} ${isBurst ? 'a second' : 'a minute'} from one address.`,
        retryAfterSec: Math.max(1, Math.ceil(window.msUntilBelow(limit, now) / 1000)),
        evidence,
      },
    };
  }
}
