import type { KeyScope } from '../../core/api-key';
import type { AuditRow } from '../../core/audit';
import type { AccessRow } from '../../core/audit-query';
import type { Block } from '../../core/block';
import type { SecurityPolicy } from '../../core/policy-schema';
import { GuardChain } from '../gate/guard-chain';
import { readPath } from '../gate/request-path';
import { AnomalyGuard } from '../guards/anomaly-guard';
import { decoyKeySign } from '../guards/decoy-key-sign';
import type { GuardContext } from '../guards/guard';
import { HoneypotGuard } from '../guards/honeypot-guard';
import type { RecordedStep } from './record-window';
import { recordedAuth } from './recorded-caller';
import { RecordedIntrusionGuard } from './recorded-intrusion-guard';
import { cameFromThisMachine, factsOf, failuresOf, hasMetTheGate } from './recorded-request';
import type { ReplaySurroundings } from './replayed-blocklist';
import { ReplayedRows } from './replayed-rows';
import { ReplayedServices } from './replayed-services';

/** What became of one step. */
export interface ReplayOutcome {
  readonly blocks: readonly Block[];
  /** It would have been answered with 429. */
  readonly isThrottled: boolean;
  /** It came from this machine or with a valid key. */
  readonly isOwn: boolean;
}

const unharmed: ReplayOutcome = { blocks: [], isThrottled: false, isOwn: false };

/**
 * The security services under another policy, fed with records in place of requests: the same guards, scores, ladder
 * and blocklist as the gate's, in the gate's order. What inspects a request's content is replaced by what was found at
 * the time. Pure: touches nothing outside itself; memory is bounded as the gate's is.
 */
export class ReplayedWorld {
  readonly #services: ReplayedServices;
  readonly #scopeOf: (keyId: string) => KeyScope | undefined;
  readonly #rows: ReplayedRows;
  readonly #intrusion: RecordedIntrusionGuard;
  readonly #guards: GuardChain;
  /** Blocks of the step that is being replayed. */
  #made: Block[] = [];

  constructor(policy: SecurityPolicy, surroundings: ReplaySurroundings) {
    const services = (this.#services = new ReplayedServices(policy, surroundings));
    this.#scopeOf = surroundings.scopeOf;
    this.#rows = new ReplayedRows(services);
    this.#intrusion = new RecordedIntrusionGuard(policy);
    const honeypot = new HoneypotGuard();
    honeypot.configure(policy);
    // Not the machine's load: nobody can say what it would have been.
    const guards = [honeypot, this.#intrusion, new AnomalyGuard(), services.rates];
    this.#guards = new GuardChain(guards, services.inForce, services.time, {
      signs: (context, signs, mode) => this.#noted(services.score(context, signs, mode)),
      failed: (_guard, _context, error) => {
        throw error;
      },
    });
  }

  /** Takes a block that was there before the first record. */
  hold(block: Block): void {
    this.#services.blocklist.load(block);
  }

  /** Steps have to come in the order of time. */
  play({ at, access, rows }: RecordedStep): ReplayOutcome {
    this.#services.time.at = at;
    if (access !== undefined) return this.#request(access, rows);
    const blocks = rows.flatMap((row) => this.#rows.play(row));
    return blocks.length === 0 ? unharmed : { ...unharmed, blocks };
  }

  #request(record: AccessRow, rows: readonly AuditRow[]): ReplayOutcome {
    if (!hasMetTheGate(record)) return unharmed;
    const { inForce, blocklist } = this.#services;
    const { address } = record;
    const isLocal = cameFromThisMachine(record);
    const last = this.#services.lastOf(address);
    const auth = recordedAuth(record, isLocal, last?.keyId, this.#scopeOf);
    const failures = failuresOf(record, rows, last?.attempt);
    const hasKey = auth.ok && auth.identity.type === 'key';
    const suspect = this.#services.suspect(address, isLocal);
    const { tracked, protection, now } = suspect;
    const isHeld = protection === undefined && inForce.modes.blocklist === 'enforce';
    const block = isHeld ? blocklist.find(address) : undefined;
    const hasCredential = hasKey || failures.length > 0 || (!auth.ok && auth.code !== 'key_missing');
    if (block !== undefined && (block.source !== 'auto' || !hasCredential)) return unharmed;

    this.#made = [];
    if (hasKey) this.#services.validKey(suspect, auth.identity.keyId);
    for (const { attempt } of failures) this.#noted(this.#services.wrongKey(suspect, attempt));
    if (block !== undefined && !hasKey) return { ...unharmed, blocks: this.#made };
    if (protection !== 'trusted-proxy') {
      tracked.second.add(now);
      tracked.minute.add(now);
    }
    const context: GuardContext = {
      facts: factsOf(record, isLocal),
      policy: inForce.policy,
      ...suspect,
      path: readPath(record.path),
      request: { spent: 0 },
      auth,
    };
    this.#intrusion.rows = rows;
    const { refusal } = this.#guards.run(
      context,
      auth.ok ? undefined : { rule: 'key', code: auth.code, message: auth.message },
    );
    for (const { isDecoy, keyId } of failures) if (isDecoy) this.#decoyKey(context, keyId);
    for (const row of rows) if (!row.kind.startsWith('auth.')) this.#made.push(...this.#rows.play(row));
    return { blocks: this.#made, isThrottled: refusal?.code === 'rate_limited', isOwn: auth.ok };
  }

  #decoyKey(context: GuardContext, keyId: string | undefined): void {
    const mode = this.#services.inForce.modes.honeypots;
    if (mode !== 'off') this.#noted(this.#services.score(context, [decoyKeySign(context.policy, keyId)], mode));
  }

  #noted(block: Block | undefined): Block | undefined {
    if (block !== undefined) this.#made.push(block);
    return block;
  }
}
