import type { AuditEvent } from '../../core/audit';
import type { Clock } from '../../core/clock';
import type { GatewayRequestName, ProxyState } from '../../protocol/gateway-rpc';

/** What changes who can reach the gateway, when somebody asks for it. */
const intents: ReadonlySet<GatewayRequestName> = new Set<GatewayRequestName>([
  'proxy/start',
  'proxy/stop',
  'proxy/restart',
  'config/set',
  'keys/revoke',
  'keys/change',
  'policy/set',
  'exposure/confirm',
  'exposure/close',
  'shares/create',
  'shares/change',
  'shares/end',
]);

/** From asking to the change: a stop lets running requests finish first. */
const effectMs = 15_000;
/** From asking for a check-up to its end. */
const checkupMs = 90_000;

/**
 * Tells a change of exposure that a person asked for, in whichever window, from one that came about by itself. The
 * window that asked says what came of it; the others have nothing to tell.
 */
export class UserIntent {
  readonly #clock: Clock;
  #askedAt = -Infinity;
  #checkedAt = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A request was made on the user's behalf. */
  note(name: GatewayRequestName): void {
    if (intents.has(name)) this.#askedAt = this.#clock.monotonic();
    if (name === 'checkup/run') this.#checkedAt = this.#clock.monotonic();
  }

  /** Nobody has to be told of this event: it is what the user wanted, or nothing listens any more. */
  explains(event: AuditEvent, phase: ProxyState['phase'] | undefined): boolean {
    // Who asked for the check-up reads its report.
    if (event.kind === 'checkup.finding') return this.#clock.monotonic() - this.#checkedAt < checkupMs;
    if (event.kind !== 'exposure.changed') return false;
    const { to, by } = event.details ?? {};
    const isShut = to === 'loopback';
    const isClosing = isShut && phase !== 'on';
    // It comes as it was agreed on in the beginning.
    const isAgreedEnd = isShut && (by === 'timer' || by === 'share');
    return isClosing || isAgreedEnd || this.#clock.monotonic() - this.#askedAt < effectMs;
  }
}
