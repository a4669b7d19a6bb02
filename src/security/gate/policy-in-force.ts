import { effectiveMode } from '../../core/policy';
import {
  securityServices,
  type SecurityMode,
  type SecurityPolicy,
  type SecurityService,
} from '../../core/policy-schema';

/** The policy in force and what each service does under it. Whoever holds this sees a new policy with the next request. */
export class PolicyInForce {
  #policy: SecurityPolicy;
  #isLoopbackOnly: boolean;
  #modes: Readonly<Record<SecurityService, SecurityMode>>;

  /** @param isLoopbackOnly only this machine can reach the gateway: what mode `auto` goes by */
  constructor(policy: SecurityPolicy, isLoopbackOnly: boolean) {
    this.#policy = policy;
    this.#isLoopbackOnly = isLoopbackOnly;
    this.#modes = modesOf(policy, isLoopbackOnly);
  }

  get policy(): SecurityPolicy {
    return this.#policy;
  }

  get isLoopbackOnly(): boolean {
    return this.#isLoopbackOnly;
  }

  /** Of each service. */
  get modes(): Readonly<Record<SecurityService, SecurityMode>> {
    return this.#modes;
  }

  /** What the services do, for people. */
  get mode(): SecurityMode {
    return effectiveMode(this.#policy, this.#isLoopbackOnly);
  }

  set(policy: SecurityPolicy, isLoopbackOnly: boolean): void {
    this.#policy = policy;
    this.#isLoopbackOnly = isLoopbackOnly;
    this.#modes = modesOf(policy, isLoopbackOnly);
  }

  /** Whether signs found by a service in this mode may end in a block: where the blocklist does not enforce, none does. */
  mayBlock(mode: SecurityMode): boolean {
    return mode === 'enforce' && this.#modes.blocklist === 'enforce';
  }
}

function modesOf(policy: SecurityPolicy, isLoopbackOnly: boolean): Readonly<Record<SecurityService, SecurityMode>> {
  const entries = securityServices.map((service) => [service, effectiveMode(policy, isLoopbackOnly, service)]);
  return Object.fromEntries(entries) as Record<SecurityService, SecurityMode>;
}
