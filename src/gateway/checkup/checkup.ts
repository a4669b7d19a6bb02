import type { AuditEvent } from '../../core/audit';
import type { Clock, Timer } from '../../core/clock';
import type { Disposable } from '../../core/disposable';
import { Emitter } from '../../core/emitter';
import { messageOf } from '../../core/errors';
import type { Logger } from '../../core/logger';
import { reason, reasonText, type Reason } from '../../core/reason';
import type { CheckupFinding, CheckupReport } from '../../protocol/sharing-rpc';
import type { Check, CheckOutcome, CheckTools, CheckupFacts } from './check';
import { bySeverity, isGrave } from './severity-order';

/** The whole check-up. With 64 engines on 16 addresses that all let a probe run into its limit it is cut short. */
const checkupTimeoutMs = 60_000;
/** While other machines can reach the proxy. */
const intervalMs = 24 * 60 * 60 * 1000;
/** Timers stand still while a laptop sleeps, so the time is looked at that often. */
const lookMs = 10 * 60 * 1000;
/** Engines and certificate should have settled after a start or a change. */
const firstDelayMs = 60_000;
/** Why a check-up was ended early, when nobody asked for it. */
const tooLong = Symbol('too long');
/** Findings remembered as told; more than any machine has. */
const maxTold = 1_000;

export interface CheckupDeps {
  readonly checks: readonly Check[];
  /** How things stand now; asked at the beginning of each check-up. */
  readonly facts: () => CheckupFacts;
  readonly tools: Omit<CheckTools, 'clock'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Writes to the audit log, and so tells the windows. */
  readonly record: (event: AuditEvent) => void;
}

interface Run {
  readonly done: Promise<CheckupReport>;
  readonly abort: AbortController;
}

/**
 * Looks for holes around the proxy: when asked, and once a day while other machines can reach it. One check-up at a
 * time; who asks while one runs gets its report. A grave finding is told once, until it is gone and comes back.
 */
export class Checkup implements Disposable {
  readonly #deps: CheckupDeps;
  readonly #changes = new Emitter<void>();
  readonly #told = new Set<string>();
  #report: CheckupReport | undefined;
  #running: Run | undefined;
  #timer: Timer | undefined;
  #isDaily = false;
  #isDisposed = false;

  constructor(deps: CheckupDeps) {
    this.#deps = deps;
  }

  /** A check-up ended. */
  get onDidChange(): Emitter<void>['event'] {
    return this.#changes.event;
  }

  /** Of the last check-up; undefined before the first. */
  get report(): CheckupReport | undefined {
    return this.#report;
  }

  /** Resolves with the report after a second or two, after a minute at the latest. Never rejects. */
  run(): Promise<CheckupReport> {
    this.#running ??= this.#start();
    return this.#running.done;
  }

  /** Ends the check-up under way, if there is one; its report says so, with what was found until then. */
  cancel(): void {
    this.#running?.abort.abort();
  }

  /** Other machines can reach the proxy, or no longer: then there is no daily check-up. */
  setExposed(isExposed: boolean): void {
    if (isExposed === this.#isDaily || this.#isDisposed) return;
    this.#isDaily = isExposed;
    this.#timer?.cancel();
    if (isExposed) this.#lookAfter(firstDelayMs);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#isDaily = false;
    this.#timer?.cancel();
    this.cancel();
    this.#changes.dispose();
  }

  #lookAfter(delayMs: number): void {
    this.#timer = this.#deps.clock.setTimeout(() => {
      const age = this.#deps.clock.now() - (this.#report?.at ?? -Infinity);
      // A clock that was set back must not put it off for long.
      if (age >= intervalMs || age < 0) void this.run();
      this.#lookAfter(lookMs);
    }, delayMs);
  }

  #start(): Run {
    const abort = new AbortController();
    const done = this.#look(abort).finally(() => (this.#running = undefined));
    return { done, abort };
  }

  async #look(abort: AbortController): Promise<CheckupReport> {
    const { checks, clock, logger } = this.#deps;
    const limit = clock.setTimeout(() => abort.abort(tooLong), checkupTimeoutMs);
    try {
      const facts = this.#deps.facts();
      const tools: CheckTools = { ...this.#deps.tools, clock };
      const outcomes = await Promise.all(checks.map((check) => runCheck(check, facts, tools, abort.signal)));
      const report: CheckupReport = {
        at: clock.now(),
        findings: outcomes.flatMap(({ findings }) => findings).sort(bySeverity),
        skipped: [
          ...(abort.signal.reason === tooLong ? [reason('checkup.tooLong', checkupTimeoutMs / 1000)] : []),
          ...outcomes.flatMap(({ skipped }) => skipped ?? []),
        ],
        isCancelled: abort.signal.aborted,
      };
      this.#keep(report);
      return report;
    } catch (error) {
      logger.error('The check-up failed.', { error });
      return { at: clock.now(), findings: [], skipped: [failed('facts', error)], isCancelled: false };
    } finally {
      limit.cancel();
    }
  }

  #keep(report: CheckupReport): void {
    if (this.#isDisposed) return;
    this.#report = report;
    const { findings, isCancelled } = report;
    this.#deps.logger.info(`The check-up found ${findings.length}${isCancelled ? ', and was ended early' : ''}.`);
    const grave = findings.filter(isGrave);
    const now = new Set(grave.map(nameOf));
    // What an ended check-up did not find may still be there.
    if (!isCancelled) for (const name of this.#told) if (!now.has(name)) this.#told.delete(name);
    for (const finding of grave) this.#tellOnce(finding);
    this.#changes.fire();
  }

  #tellOnce(finding: CheckupFinding): void {
    const name = nameOf(finding);
    if (this.#told.has(name) || this.#told.size >= maxTold) return;
    this.#told.add(name);
    const { check, severity, engineId, what } = finding;
    this.#deps.record({
      kind: 'checkup.finding',
      severity,
      at: this.#deps.clock.now(),
      rule: check,
      evidence: reasonText(what).slice(0, 500),
      ...(engineId === undefined ? {} : { engineId }),
    });
  }
}

async function runCheck(
  check: Check,
  facts: CheckupFacts,
  tools: CheckTools,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  try {
    return await check.run(facts, tools, signal);
  } catch (error) {
    return { findings: [], skipped: [failed(check.id, error)] };
  }
}

function failed(check: string, error: unknown): Reason {
  return reason('checkup.failed', check, messageOf(error));
}

/** The same hole, however often it is found. */
function nameOf({ check, engineId, what }: CheckupFinding): string {
  return `${check} ${engineId ?? JSON.stringify(what.args)}`;
}
