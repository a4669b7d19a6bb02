import type { ApiKey } from '../../core/api-key';
import type { Block } from '../../core/block';
import type { Clock } from '../../core/clock';
import { FlmError } from '../../core/errors';
import { parsePolicy } from '../../core/policy';
import type { SecurityPolicy } from '../../core/policy-schema';
import type { Rehearsal } from '../../core/rehearsal';
import { listOwnAddresses } from '../../security/blocks/node-own-addresses';
import type { Blocklist } from '../../security/blocks/blocklist';
import type { RecordSource } from '../../security/rehearsal/record-source';
import { rehearse } from '../../security/rehearsal/rehearse';

/** How far back records are replayed. */
const spanMs = 7 * 24 * 3_600_000;
/** Windows that rehearse at the same time; each has one at most. */
const maxRunning = 4;

/** What a rehearsal takes from the gateway as it is now. */
export interface RehearsedGateway {
  readonly keys: { list(): readonly ApiKey[] };
  readonly services: { readonly blocklist: Pick<Blocklist, 'allowed' | 'each'> };
  /** Throws `storage_failed` when there is no storage to ask. */
  requireStorage(): RecordSource;
}

/** Rehearsals that are running, one per window: a newer one of the same window takes the place of the older. */
export class Rehearsals {
  readonly #gateway: RehearsedGateway;
  readonly #clock: Clock;
  readonly #running = new Map<number, AbortController>();

  constructor(gateway: RehearsedGateway, clock: Clock) {
    this.#gateway = gateway;
    this.#clock = clock;
  }

  /**
   * Replays the last seven days of records against a policy that need not be in force. Takes about a second per 100,000
   * records, in slices that hold nobody up.
   *
   * @throws FlmError `config_invalid` for a policy that cannot be used · `cancelled` · `storage_failed` ·
   *   `too_many_concurrent`
   */
  async run(window: number, raw: unknown): Promise<Rehearsal> {
    const parsed = parsePolicy(raw);
    if (!parsed.ok) {
      const problems = parsed.problems.map(({ field, message }) => `${field} ${message}`).join('; ');
      throw new FlmError('config_invalid', problems);
    }
    this.cancel(window);
    if (this.#running.size >= maxRunning) {
      throw new FlmError('too_many_concurrent', 'Other windows are rehearsing a policy. Try again in a moment.');
    }
    const controller = new AbortController();
    this.#running.set(window, controller);
    try {
      return await this.#replay(parsed.policy, controller.signal);
    } finally {
      if (this.#running.get(window) === controller) this.#running.delete(window);
    }
  }

  cancel(window: number): void {
    this.#running.get(window)?.abort(new FlmError('cancelled', 'The rehearsal was cancelled.'));
    this.#running.delete(window);
  }

  #replay(policy: SecurityPolicy, signal: AbortSignal): Promise<Rehearsal> {
    const { keys, services } = this.#gateway;
    const { blocklist } = services;
    const to = this.#clock.now() + 1;
    const from = to - spanMs;
    const scopes = new Map(keys.list().map(({ id, scope }) => [id, scope]));
    return rehearse({
      policy,
      source: this.#gateway.requireStorage(),
      surroundings: {
        ownAddresses: listOwnAddresses(),
        allowed: blocklist.allowed(),
        scopeOf: (keyId) => scopes.get(keyId),
      },
      blocks: blocksBefore(blocklist, from),
      from,
      to,
      clock: this.#clock,
      signal,
    });
  }
}

/** Imported lists leave one row behind: what they hold is only known from the list itself. */
function* blocksBefore(blocklist: Pick<Blocklist, 'each'>, from: number): Generator<Block> {
  for (const block of blocklist.each()) if (block.createdAt < from || block.source === 'import') yield block;
}
