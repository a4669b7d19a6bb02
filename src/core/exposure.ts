/** Who can reach the proxy: one explicit state. */
export const exposureScopes = ['machine', 'interfaces', 'all'] as const;
/**
 * - `machine`: loopback only
 * - `interfaces`: loopback and chosen addresses of this machine
 * - `all`: every address this machine has, followed as they come and go
 */
export type ExposureScope = (typeof exposureScopes)[number];

/** A wish to be reachable. The widest of all wishes in force is what happens. */
export interface ExposureDemand {
  readonly scope: ExposureScope;
  /** Addresses of this machine, for `interfaces`. */
  readonly addresses?: readonly string[];
}

/** An address of this machine as people see it. */
export interface MachineAddress {
  /** Without zone. */
  readonly address: string;
  readonly family: 4 | 6;
  /** Name of the interface: `eth0`, `Wi-Fi`. */
  readonly interfaceName: string;
  /** Of the network: `192.168.1.0/24`. */
  readonly range: string;
  /** Private, link-local, carrier-grade or public (RFC 6890). */
  readonly kind: 'private' | 'link-local' | 'shared' | 'public';
}

/** A way for clients to the proxy. */
export interface Endpoint {
  readonly from: 'machine' | 'network' | 'domain';
  /** `https://192.168.1.20:11435/v1`. */
  readonly url: string;
  readonly interfaceName?: string;
  readonly isTls: boolean;
}
