import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FlmConfig } from '../core/config-schema';
import { gatewayHeader } from '../core/upstream';
import { corsHeaders, isPreflight, preflightHeaders } from './cors';
import { Exchange, type ExchangeHost } from './exchange';
import { HostGuard } from './host-guard';
import { OriginGuard } from './origin-guard';
import type { ProxyDeps } from './proxy-deps';
import { requestFacts } from './request-facts';
import { routeMethods } from './route-table';

/**
 * What every request passes, whatever its route and method, before a byte of its body is read: Host guard, Origin
 * guard, preflight, then the gate. One place for all, so that no route can forget it (vllm-mlx 317).
 */
export class Entrance {
  readonly #deps: ProxyDeps;
  readonly #host: ExchangeHost;
  #hosts: HostGuard;
  #origins: OriginGuard;
  /** Set while the server stops: nobody comes in. */
  isClosing = false;

  constructor(deps: ProxyDeps, host: ExchangeHost, config: FlmConfig) {
    this.#deps = deps;
    this.#host = host;
    this.#hosts = new HostGuard(config['proxy.allowedHosts']);
    this.#origins = new OriginGuard(config['proxy.corsOrigins']);
  }

  configure(config: FlmConfig): void {
    this.#hosts = new HostGuard(config['proxy.allowedHosts']);
    this.#origins = new OriginGuard(config['proxy.corsOrigins']);
  }

  /** The exchange of a request, already answered (`isAnswered`) when it may not go on. */
  enter(req: IncomingMessage, res: ServerResponse): Exchange {
    const { clock, clientAddress, version } = this.#deps;
    const host = this.#hosts.check(req.rawHeaders);
    const facts = requestFacts(req, clock.now(), !host.ok || host.isOutside, clientAddress);
    const headers = [
      'x-request-id',
      facts.id,
      gatewayHeader,
      version,
      'x-content-type-options',
      'nosniff',
      'cache-control',
      'no-store',
    ];
    const exchange = new Exchange(this.#host, facts, req, res, headers);
    if (this.isClosing) exchange.refuseStopping();
    else if (!host.ok) this.#refuseHost(exchange, host.evidence);
    else this.#checkOrigin(exchange);
    return exchange;
  }

  #checkOrigin(exchange: Exchange): void {
    const { headers, method } = exchange.req;
    const verdict = this.#origins.check(headers);
    if (verdict.type === 'refused') {
      exchange.addHeaders(['vary', 'Origin']);
      exchange.refuse({
        rule: 'origin-guard',
        code: 'origin_not_allowed',
        message: 'Web pages may not call this gateway. Allow their origin in the setting flm.proxy.corsOrigins.',
        evidence: verdict.evidence,
      });
      return;
    }
    if (verdict.type === 'allowed') exchange.addHeaders(corsHeaders(verdict.origin));
    if (verdict.type === 'allowed' && isPreflight(method ?? '', headers)) {
      const methods =
        exchange.facts.route === undefined ? [] : routeMethods[exchange.facts.route as keyof typeof routeMethods];
      exchange.respond(204, undefined, '', preflightHeaders(methods, headers));
      return;
    }
    const admission = this.#deps.gate.admit(exchange.facts);
    if (admission.ok) {
      exchange.identity = admission.identity;
      exchange.canUse = admission.canUse;
      for (const [name, value] of Object.entries(admission.headers ?? {})) exchange.addHeaders([name, value]);
    } else {
      exchange.identity = admission.identity;
      exchange.refuse(admission.refusal);
    }
  }

  /**
   * The gate is asked for its bookkeeping only: scanners call addresses by names of other hosts, and must be seen, too.
   * Whatever it says, the answer is the Host guard's.
   */
  #refuseHost(exchange: Exchange, evidence: string): void {
    this.#deps.gate.admit(exchange.facts);
    exchange.refuse({
      rule: 'host-guard',
      code: 'host_not_allowed',
      message:
        'Call this gateway by localhost or an IP address, or add the host name to the setting flm.proxy.allowedHosts.',
      evidence,
    });
  }
}
