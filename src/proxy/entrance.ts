import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FlmConfig } from '../core/config-schema';
import { gatewayHeader } from '../core/upstream';
import { corsHeaders, isPreflight, preflightHeaders } from './cors';
import { Exchange, type ExchangeHost } from './exchange';
import { HostGuard, matchesName } from './host-guard';
import { closedPlan, type ExposurePlan } from './listeners/exposure-plan';
import { openAiError } from './openai-error';
import { OriginGuard } from './origin-guard';
import type { ProxyDeps } from './proxy-deps';
import { requestFacts } from './request-facts';
import { routeMethods } from './route-table';
import { hasTooManyHeaders, maxHeaderFields } from './server-limits';

/** Half a year, for the very name asked for: other names of that domain are not ours to speak for (RFC 6797 §6.1). */
const strictTransport = ['strict-transport-security', 'max-age=15552000'] as const;

/** What the entrance asks of connections. */
export interface EntranceConnections {
  /** It came in on a listener beyond this machine's loopback. */
  isOuter(socket: Socket): boolean;
  /** It takes no further request. */
  isLeaving(socket: Socket): boolean;
}

/**
 * What every request passes, whatever its route and method, before a byte of its body is read: header count, Host guard,
 * Origin guard, preflight, then the gate. One place for all, so that no route can forget it (vllm-mlx 317).
 */
export class Entrance {
  readonly #deps: ProxyDeps;
  readonly #host: ExchangeHost;
  readonly #connections: EntranceConnections;
  #hosts: HostGuard;
  #origins: OriginGuard;
  #config: FlmConfig;
  #plan: ExposurePlan = closedPlan;
  #strictNames: ReadonlySet<string> = new Set();
  /** Set while the server stops: nobody comes in. */
  isClosing = false;

  constructor(deps: ProxyDeps, host: ExchangeHost, connections: EntranceConnections, config: FlmConfig) {
    this.#deps = deps;
    this.#host = host;
    this.#connections = connections;
    this.#config = config;
    this.#hosts = new HostGuard(config['proxy.allowedHosts']);
    this.#origins = new OriginGuard(config['proxy.corsOrigins']);
  }

  configure(config: FlmConfig): void {
    this.#config = config;
    this.#hosts = new HostGuard(config['proxy.allowedHosts'], this.#plan.names);
    this.#origins = new OriginGuard(config['proxy.corsOrigins']);
  }

  /** Names under which clients come from now on. */
  expose(plan: ExposurePlan): void {
    this.#plan = plan;
    this.#strictNames = new Set(plan.strictNames);
    this.configure(this.#config);
  }

  /** The host a redirect may lead to. */
  hostOf(rawHeaders: readonly string[]): string | undefined {
    const verdict = this.#hosts.check(rawHeaders);
    return verdict.ok ? verdict.name : undefined;
  }

  /** The exchange of a request, already answered (`isAnswered`) when it may not go on. */
  enter(req: IncomingMessage, res: ServerResponse): Exchange {
    const { clock, clientAddress, version } = this.#deps;
    const host = this.#hosts.check(req.rawHeaders);
    const isFromOutside = !host.ok || host.isOutside || this.#connections.isOuter(req.socket);
    const facts = requestFacts(req, clock.now(), isFromOutside, clientAddress);
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
    if (facts.isTls && host.ok && matchesName(this.#strictNames, host.name)) headers.push(...strictTransport);
    const exchange = new Exchange(this.#host, facts, req, res, headers);
    if (this.isClosing || this.#connections.isLeaving(req.socket)) exchange.refuseStopping();
    else if (hasTooManyHeaders(req.rawHeaders)) this.#refuseHeaders(exchange);
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
      const { headers: limits } = admission;
      for (const name in limits) exchange.addHeader(name, limits[name] as string);
    } else {
      exchange.identity = admission.identity;
      exchange.refuse(admission.refusal);
    }
  }

  /** What the request says of itself is incomplete: the gate is told as of bytes that are no request. */
  #refuseHeaders(exchange: Exchange): void {
    this.#deps.gate.report({ type: 'malformed', address: exchange.facts.socketAddress, reason: 'too many headers' });
    exchange.rule = 'header-limit';
    exchange.outcome = 'refused';
    const message = `The request has more than ${maxHeaderFields - 1} header fields.`;
    exchange.respondError({ ...openAiError('invalid_request', message), status: 431 }, 'invalid_request');
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
