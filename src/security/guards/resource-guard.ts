import type { Guard, GuardContext, Verdict } from './guard';
import type { ThrottleLevel } from '../load/resource-throttle';

/** From which level on whom: 3 refuses new remote requests, 4 all. Lower levels act in the queue. */
const REMOTE_FROM = 3;
const ALL_FROM = 4;

/**
 * Refuses new work while the machine is short of memory. Running streams are never touched; cheap requests (anything
 * but POST) always pass. Fails open: no reading means no refusal.
 */
export class ResourceGuard implements Guard {
  readonly id = 'resources';
  readonly service = 'resources';
  readonly isDetector = false;
  readonly looksOnAfterRefusal = false;
  readonly #level: () => ThrottleLevel;

  constructor(level: () => ThrottleLevel) {
    this.#level = level;
  }

  check({ facts, policy }: GuardContext): Verdict | undefined {
    const level = this.#level();
    if (level < REMOTE_FROM || facts.method !== 'POST') return undefined;
    if (level < ALL_FROM && facts.isDirectLocal) return undefined;
    return {
      refusal: {
        rule: 'resources',
        code: 'machine_overloaded',
        message: 'The machine behind this gateway is out of memory and takes no new requests for now.',
        retryAfterSec: policy.resources.retryAfterSeconds,
        evidence: `throttle level ${level}`,
      },
    };
  }
}
