import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { parseConfig } from '../../../src/core/config';
import type { EngineKind } from '../../../src/core/engine';
import type { RequestFacts } from '../../../src/core/request';
import { parseRequest, planCall } from '../../../src/proxy/dialects/plan-call';
import { Exchange } from '../../../src/proxy/exchange';
import { ForwardListener } from '../../../src/proxy/forward-listener';
import { asStreamRequest } from '../../../src/proxy/joined-request';
import type { UpstreamCall } from '../../../src/proxy/upstream-call';
import { FakeClock } from '../../helpers/fake-clock';
import { entryOf } from './dialects/dialect-support';

/** What an engine sends: a head, a body in pieces, and how it ends. */
export interface EngineAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly pieces: readonly Buffer[];
  readonly ending: 'end' | 'reset';
  /** The client has heard a sign of life before the head. */
  readonly isLate: boolean;
}

/** What the client has then. */
export interface Told {
  readonly status: number | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
  /** Ended by FLM, or cut. */
  readonly ending: 'end' | 'cut' | 'open';
  readonly outcome: string | undefined;
  /** Timers that nothing has cancelled. */
  readonly timers: number;
}

export interface Asked {
  readonly path: string;
  readonly request: object;
  readonly kind: EngineKind;
  readonly version?: string;
}

/** The side of the client, in memory. */
class Client extends EventEmitter {
  headersSent = false;
  writableEnded = false;
  writableFinished = false;
  writableHighWaterMark = 1 << 30;
  statusCode = 0;
  contentType: string | undefined;
  isCut = false;
  readonly parts: Buffer[] = [];

  writeHead(status: number, headers: readonly string[]): void {
    assert.ok(!this.headersSent, 'a second head');
    this.headersSent = true;
    this.statusCode = status;
    this.contentType = headers[headers.lastIndexOf('content-type') + 1];
  }

  flushHeaders(): void {
    // Nothing waits here
  }

  write(bytes: Buffer | string): boolean {
    assert.ok(this.headersSent && !this.writableEnded && !this.isCut, 'a write without a head or after the end');
    this.parts.push(Buffer.from(bytes));
    return true;
  }

  end(bytes?: Buffer | string): void {
    if (bytes !== undefined) this.write(bytes);
    if (this.writableEnded || this.isCut) return;
    this.writableEnded = true;
    this.writableFinished = true;
    this.emit('close');
  }

  destroy(): void {
    if (this.isCut || this.writableEnded) return;
    this.isCut = true;
    this.emit('close');
  }
}

/** One request from its plan to its end, everything of FLM in between as it is, the two sockets in memory. */
export function tell({ path, request, kind, version }: Asked, answer: EngineAnswer): Told {
  const clock = new FakeClock();
  const res = new Client();
  const req = { method: 'POST', complete: true, headers: {}, readableEnded: true };
  const facts: RequestFacts = {
    id: 'req_0123456789abcdefABCDEFGH',
    receivedAt: 0,
    method: 'POST',
    target: path,
    headers: {},
    rawHeaders: [],
    socketAddress: '127.0.0.1',
    clientAddress: '127.0.0.1',
    isDirectLocal: true,
    route: path,
    isTls: false,
  };
  const host = {
    monotonic: () => clock.monotonic(),
    later: (callback: () => void, ms: number) => clock.setTimeout(callback, ms),
    settled: () => undefined,
  };
  const exchange = new Exchange(host, facts, req as unknown as IncomingMessage, res as unknown as ServerResponse, []);
  const { config } = parseConfig({});
  const listener = new ForwardListener(exchange, clock, config);
  exchange.onClose = () => listener.close(() => undefined);
  const parsed = parseRequest(exchange, Buffer.from(JSON.stringify(request)));
  assert.ok(parsed.ok);
  exchange.isStream = parsed.body.isStream;
  listener.start(parsed.body.isStream);
  const entry = entryOf(kind, version);
  const planned = planCall(exchange, entry, parsed.body, []);
  assert.ok(planned.type === 'send', JSON.stringify(planned));
  let isAborted = false;
  const call = {
    start: () => undefined,
    abort: () => {
      isAborted = true;
    },
    pause: () => undefined,
    resume: () => undefined,
    isUnderWay: true,
  };
  listener.attempt({
    engine: entry.engine,
    plan: planned.plan,
    call: call as unknown as UpstreamCall,
    isJoined: asStreamRequest(entry.engine, planned.path, planned.body, []) !== undefined,
    isDrained: false,
    sign: () => undefined,
    connected: () => undefined,
    settle: () => undefined,
    goOn: () => false,
    unread: () => undefined,
  });
  if (answer.isLate) clock.advance(config['proxy.heartbeatSeconds'] * 1000 + 1);
  listener.head(answer.status, { 'content-type': answer.contentType });
  for (const piece of answer.pieces) if (!aborted()) listener.chunk(piece);
  if (!aborted() && answer.ending === 'end') listener.end();
  else if (!aborted()) listener.failed(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
  return {
    status: res.headersSent ? res.statusCode : undefined,
    contentType: res.contentType,
    body: Buffer.concat(res.parts),
    ending: res.writableEnded ? 'end' : res.isCut ? 'cut' : 'open',
    outcome: exchange.outcome,
    timers: clock.pending,
  };

  function aborted(): boolean {
    return isAborted; // as in UpstreamCall: who aborted hears nothing more
  }
}

/** The body of a recorded answer of a real llama-server, its chunked framing taken off. */
export function recordedBody(name: string): Buffer {
  const raw = readFileSync(`test/fixtures/llamacpp/${name}.txt`);
  const start = raw.indexOf('\r\n\r\n') + 4;
  if (!/transfer-encoding: chunked/i.test(raw.toString('latin1', 0, start))) return raw.subarray(start);
  const parts: Buffer[] = [];
  for (let at = start; at < raw.length;) {
    const lineEnd = raw.indexOf('\r\n', at);
    const size = Number.parseInt(raw.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) break;
    parts.push(raw.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(parts);
}
