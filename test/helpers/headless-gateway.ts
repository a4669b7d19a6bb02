import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiKey, CreatedKey, KeyScope } from '../../src/core/api-key';
import type { AuditEvent, AuditRow } from '../../src/core/audit';
import type { AuditQuery } from '../../src/core/audit-query';
import { systemClock } from '../../src/core/clock';
import { PipeConnection } from '../../src/editor/gateway/pipe-connection';
import { parseLease } from '../../src/protocol/gateway-lease';
import {
  protocolVersion,
  type GatewayRequestName,
  type GatewayRequests,
  type ProxyState,
} from '../../src/protocol/gateway-rpc';
import type { SecuritySummary } from '../../src/protocol/security-rpc';
import type { SharingSummary } from '../../src/protocol/sharing-rpc';
import { HeadlessProcess, type ServingLine } from '../integration/gateway/headless-process';

/** A slow machine with two cores gets that long for anything that happens by itself. */
export const patienceMs = 20_000;
const answerTimeoutMs = 30_000;
const lookAgainMs = 20;

export interface HeadlessGatewayOptions {
  /** Keys of the settings: `proxy.exposure`. Nothing is detected. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The engine `sim` at this address. */
  readonly engineUrl?: string;
  readonly args?: readonly string[];
  /** What to put before its command. */
  readonly within?: readonly string[];
}

/**
 * `node gateway.js` as it ships, in a process and a data folder of its own, with a window's connection to it. Requests go
 * over the real pipe; what it tells is collected.
 */
export class HeadlessGateway {
  readonly folder = mkdtempSync(join(tmpdir(), 'flm-guarded-'));
  readonly dataDir = join(this.folder, 'data');
  /** `security/event`, in order. */
  readonly events: AuditEvent[] = [];
  /** `security/changed`, in order. */
  readonly summaries: SecuritySummary[] = [];
  /** `sharing/changed`, in order, beginning with what it was on connecting. */
  readonly sharings: SharingSummary[] = [];
  /** `proxy/changed`, in order, beginning with what it was on connecting. */
  readonly proxies: ProxyState[] = [];
  readonly #options: HeadlessGatewayOptions;
  #process: HeadlessProcess | undefined;
  #line: ServingLine | undefined;
  #pipe: PipeConnection | undefined;

  private constructor(options: HeadlessGatewayOptions) {
    this.#options = options;
  }

  /** Resolves when it serves and, with an engine, offers its models. */
  static async start(options: HeadlessGatewayOptions = {}): Promise<HeadlessGateway> {
    const gateway = new HeadlessGateway(options);
    try {
      await gateway.run();
    } catch (error) {
      await gateway.dispose();
      throw error;
    }
    return gateway;
  }

  /** A data folder without a gateway; {@link run} starts one. */
  static prepare(options: HeadlessGatewayOptions = {}): HeadlessGateway {
    return new HeadlessGateway(options);
  }

  get line(): ServingLine {
    if (this.#line === undefined) throw new Error('The gateway does not run.');
    return this.#line;
  }

  get port(): number {
    return this.line.port;
  }

  /** `http://127.0.0.1:PORT` */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get log(): string {
    return this.#process?.stderr ?? '';
  }

  get arguments(): readonly string[] {
    const { settings = {}, engineUrl, args = ['--port', '0'] } = this.#options;
    const addresses = engineUrl === undefined ? [] : [{ url: engineUrl, id: 'sim', kind: 'openai' }];
    const config = { 'engines.detect': false, 'engines.addresses': addresses, ...settings };
    const path = join(this.folder, 'flm.json');
    writeFileSync(path, JSON.stringify(config));
    return ['--data-dir', this.dataDir, '--config', path, ...args];
  }

  /** Starts it, again after {@link stop} or {@link kill} too, on the same folder. */
  async run(): Promise<void> {
    this.#process = await HeadlessProcess.start(this.arguments, {}, this.#options.within);
    this.#line = await this.#process.serving();
    await this.connect();
    if (this.#options.engineUrl !== undefined) {
      await this.until('the engine is there', async () => {
        const { engines } = await this.request('engines/refresh', {});
        return engines.some(({ models }) => models.length > 0) ? true : undefined;
      });
    }
  }

  /** Connects as a window does, anew each time. */
  async connect(): Promise<void> {
    this.#pipe?.dispose();
    const lease = parseLease(readFileSync(join(this.dataDir, 'gateway.lease.json'), 'utf8'));
    if (lease === undefined) throw new Error('There is no lease.');
    const pipe = await PipeConnection.open(lease.pipe, systemClock);
    this.#pipe = pipe;
    pipe.on('security/event', (event) => this.events.push(event));
    pipe.on('security/changed', (summary) => this.summaries.push(summary));
    pipe.on('sharing/changed', (sharing) => this.sharings.push(sharing));
    pipe.on('proxy/changed', (state) => this.proxies.push(state));
    pipe.listen();
    const hello = await pipe.request('hello', { token: lease.token, protocolVersion, version: '1.0.0' }, patienceMs);
    if (!hello.ok) throw new Error(`The gateway does not take us: ${hello.cause}`);
    this.proxies.push(hello.state.proxy);
    this.summaries.push(hello.state.security);
    this.sharings.push(hello.state.sharing);
  }

  /** Rejects with FlmError, as in a window. */
  request<N extends GatewayRequestName>(
    name: N,
    params: GatewayRequests[N]['params'],
  ): Promise<GatewayRequests[N]['result']> {
    if (this.#pipe === undefined) throw new Error('The gateway does not run.');
    return this.#pipe.request(name, params, answerTimeoutMs);
  }

  /** For parameters that no honest window sends. */
  requestAnything(name: GatewayRequestName, params: unknown): Promise<unknown> {
    return this.request(name, params as never);
  }

  createKey(
    label: string,
    more: { scope?: KeyScope; expiresAt?: number; kind?: ApiKey['kind'] } = {},
  ): Promise<CreatedKey> {
    return this.request('keys/create', { label, ...more });
  }

  /** Changes the policy's named fields; throws when one is refused. */
  async setPolicy(policy: Readonly<Record<string, unknown>>): Promise<void> {
    const result = await this.request('policy/set', { policy });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
  }

  /** Every row, newest first. */
  async audit(query: AuditQuery = {}): Promise<readonly AuditRow[]> {
    const rows: AuditRow[] = [];
    for (let after: AuditQuery['after']; ;) {
      const page = await this.request('audit/query', { ...query, limit: 1000, ...(after && { after }) });
      rows.push(...page.rows);
      after = page.next;
      if (after === undefined) return rows;
    }
  }

  /** Sends one request to the proxy and reads its whole answer. */
  async call(path: string, init: CallOptions = {}): Promise<CallAnswer> {
    const { key, from, body, headers, base = this.url } = init;
    const response = await fetch(base + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(from === undefined ? {} : { 'x-forwarded-for': from }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const error =
      (text.startsWith('{') ? (JSON.parse(text) as { error?: CallAnswer['error'] }).error : undefined) ?? {};
    return { status: response.status, headers: response.headers, text, error };
  }

  /** Asks again and again until there is an answer; rejects, naming what it waited for, after {@link patienceMs}. */
  async until<T>(what: string, read: () => T | undefined | Promise<T | undefined>): Promise<T> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const found = await read();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`Waited in vain: ${what}.\n${this.log}`);
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
    }
  }

  /** As a person ends it. */
  async stop(): Promise<void> {
    this.#pipe?.dispose();
    this.#process?.signal('SIGTERM');
    await this.#process?.ended();
  }

  /** As a crash ends it. */
  async kill(): Promise<void> {
    this.#pipe?.dispose();
    await this.#process?.kill();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.run();
  }

  /** Ends it and removes its folder. */
  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export interface CallOptions {
  readonly key?: string;
  /** X-Forwarded-For, for a gateway that trusts its peer. */
  readonly from?: string;
  /** Makes it a POST. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the loopback. */
  readonly base?: string;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The error of an OpenAI-shaped answer; empty without one. */
  readonly error: { readonly message?: string; readonly type?: string; readonly code?: string; readonly param?: null };
}

/** A chat request for the simulator's model. */
export function chat(model = 'sim/local-model', more: object = {}): object {
  return { model, messages: [{ role: 'user', content: 'Hi' }], ...more };
}
