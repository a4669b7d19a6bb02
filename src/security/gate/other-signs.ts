import type { Clock } from '../../core/clock';
import { forwardingHeader } from '../../core/forwarding-header';
import { addressKey } from '../../core/ip-range';
import type { ConnectionEvent, RequestFacts, RoutingFacts } from '../../core/request';
import type { Blocklist } from '../blocks/blocklist';
import type { BoundedMap } from '../bounded-map';
import { connectionSign } from '../guards/connection-signs';
import { decoyKeySign } from '../guards/decoy-key-sign';
import type { GuardContext } from '../guards/guard';
import { identicalBodySign } from '../guards/identical-body-sign';
import { TrackedAddress } from '../scores/tracked-address';
import type { Detections } from './detections';
import type { FailOpen } from './fail-open';
import type { PolicyInForce } from './policy-in-force';
import type { SecurityRecorder } from './security-recorder';

export interface OtherSignsDeps {
  readonly inForce: Pick<PolicyInForce, 'policy' | 'modes'>;
  readonly blocklist: Pick<Blocklist, 'protectionOf' | 'protectionOfCaller'>;
  readonly tracked: BoundedMap<string, TrackedAddress>;
  readonly detections: Pick<Detections, 'take'>;
  readonly recorder: Pick<SecurityRecorder, 'tunnel'>;
  readonly failOpen: Pick<FailOpen, 'run'>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** What is noticed beside the guards. Nothing of it ever fails a request. */
export class OtherSigns {
  readonly #deps: OtherSignsDeps;

  constructor(deps: OtherSignsDeps) {
    this.#deps = deps;
  }

  /** Trouble with a connection. */
  connection(event: ConnectionEvent): void {
    const { inForce, blocklist, tracked: known, detections, failOpen, clock } = this.#deps;
    failOpen.run('report', undefined, () => {
      const { policy, modes } = inForce;
      if (event.type === 'unknown-route' || modes.anomaly === 'off') return;
      const facts = 'facts' in event ? event.facts : undefined;
      const address = facts?.clientAddress ?? ('address' in event ? event.address : '');
      const key = addressKey(address);
      const now = clock.monotonic();
      const protection = blocklist.protectionOfCaller(address, facts?.isDirectLocal === true);
      // Below HTTP nobody says for whom a proxy speaks: nothing is remembered against it.
      const isProxy = protection === 'trusted-proxy';
      const tracked = isProxy ? new TrackedAddress() : known.getOrCreate(key, () => new TrackedAddress());
      const sign = connectionSign(event, policy, tracked, now);
      if (sign !== undefined) detections.take({ key, tracked, protection, now }, address, facts, [sign], modes.anomaly);
    });
  }

  /** A proxy or tunnel in front that nobody told us of. */
  tunnel(facts: RequestFacts): void {
    if (facts.isDirectLocal || facts.clientAddress !== facts.socketAddress) return;
    const isLoopback = this.#deps.blocklist.protectionOf(facts.socketAddress) === 'loopback';
    if (isLoopback && forwardingHeader(facts.headers) !== undefined) this.#deps.recorder.tunnel(facts);
  }

  decoyKey(context: GuardContext): void {
    const { inForce, detections, failOpen } = this.#deps;
    const { auth, facts, policy } = context;
    const mode = inForce.modes.honeypots;
    if (auth?.ok !== false || auth.isDecoy !== true || mode === 'off') return;
    failOpen.run('decoy-key', facts, () =>
      detections.take(context, facts.clientAddress, facts, [decoyKeySign(policy, auth.keyId)], mode),
    );
  }

  /** The same body over and over, asked of a request that gets a slot or waits for one. */
  repetition(routing: RoutingFacts, key: string | undefined): void {
    const { inForce, blocklist, tracked: known, detections, failOpen, clock } = this.#deps;
    const { request } = routing;
    if (key === undefined || inForce.modes.anomaly === 'off' || request.isDirectLocal) return;
    failOpen.run('anomaly.identical', request, () => {
      const { policy, modes } = inForce;
      const tracked = known.get(key);
      const now = clock.monotonic();
      const sign = tracked && identicalBodySign(routing, tracked, now, policy);
      if (tracked === undefined || sign === undefined) return;
      const protection = blocklist.protectionOfCaller(request.clientAddress, request.isDirectLocal);
      detections.take({ key, tracked, protection, now }, request.clientAddress, request, [sign], modes.anomaly);
    });
  }
}
