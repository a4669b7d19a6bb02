import type { Clock } from '../core/clock';
import type { FlmConfig } from '../core/config-schema';
import type { Gate, Identity, Refusal, RequestFacts, RoutingFacts, Slot } from '../core/request';
import { createHash } from 'node:crypto';
import { unsupportedBody } from './content-type';
import { parseRequest } from './dialects/plan-call';
import type { Exchange } from './exchange';
import { forward, type ForwardDeps } from './forward';
import { ForwardListener } from './forward-listener';
import type { HeldBodies } from './held-bodies';
import type { InferenceBody } from './inference-body';
import { openAiError } from './openai-error';
import { readRequestBody } from './request-body';
import type { Route } from './routing/route';
import type { Router } from './routing/router';

export interface InferenceDeps extends ForwardDeps {
  readonly gate: Gate;
  readonly router: Router;
  readonly held: HeldBodies;
  config(): FlmConfig;
}

const mebi = 1024 * 1024;

/**
 * One inference request from its body to the hand-over to the engine. Resolves when it is answered, refused or under
 * way; everything that happens afterwards is driven by the two sockets.
 */
export async function handleInference(deps: InferenceDeps, exchange: Exchange): Promise<void> {
  const config = deps.config();
  const bytes = await receiveBody(deps, config, exchange);
  if (bytes === undefined || exchange.isAnswered()) return;

  const parsed = parseRequest(exchange, bytes);
  if (!parsed.ok) {
    exchange.respondError(parsed.error, parsed.error.code === 'invalid_json' ? 'invalid_json' : 'invalid_request');
    return;
  }
  const { body } = parsed;
  exchange.isStream = body.isStream;
  const route = openRoute(deps, exchange, body);
  if (route === undefined) return;

  const listener = new ForwardListener(exchange, deps.clock, config);
  // Before it starts, or a request that is refused at once would leave its heartbeat behind
  exchange.onClose = () => listener.close(() => undefined);
  exchange.onShutdown = () => listener.shutdown();
  listener.start(body.isStream && exchange.facts.route !== '/v1/embeddings');
  const waiting = waitForSlot(deps, exchange, body, route, listener);
  const slot = waiting instanceof Promise ? await waiting : waiting;
  if (slot === undefined) {
    route.end();
    return;
  }
  route.claimAnyway();
  if (route.hasPlace) forward(deps, deps.config(), { exchange, body, route, slot, listener });
  else {
    slot.release();
    refuseShut(route, listener);
  }
}

async function receiveBody(
  { clock, gate, held }: InferenceDeps,
  config: FlmConfig,
  exchange: Exchange,
): Promise<Buffer | undefined> {
  const unsupported = unsupportedBody(exchange.req.headers);
  if (unsupported !== undefined) {
    exchange.respondError(openAiError('unsupported_media_type', unsupported), 'unsupported_media_type');
    return undefined;
  }
  const maxMiB = config['proxy.bodyLimitMiB'];
  const limits = { maxBytes: maxMiB * mebi, maxMiB, uploadSeconds: config['timeouts.uploadSeconds'], held };
  exchange.ownTime.wait();
  const read = await readRequestBody(exchange, limits, clock);
  exchange.ownTime.resume();
  if (read.ok) return read.bytes;
  if (read.reason === 'too-large') {
    const declaredBytes = read.declared === undefined ? {} : { declaredBytes: read.declared };
    gate.report({ type: 'body-too-large', facts: exchange.facts, ...declaredBytes });
    exchange.respondError(read.error, 'body_too_large');
  } else if (read.reason === 'slow') {
    gate.report({ type: 'slow-upload', facts: exchange.facts });
    exchange.respondError(read.error, 'request_timeout');
  } else if (read.reason === 'no-room') {
    exchange.refuse({
      rule: 'held-bodies',
      code: 'too_many_concurrent',
      message: read.error.message,
      retryAfterSec: 1,
    });
  }
  return undefined;
}

/** The way to the engines that have the model; undefined when there is none, or it is shut, and that was answered. */
function openRoute(deps: InferenceDeps, exchange: Exchange, body: InferenceBody): Route | undefined {
  const { model } = body;
  const resolution = deps.catalog.resolve(model);
  const canUse = exchange.canUse ?? (() => true);
  if (resolution.ok) {
    const { candidates } = resolution;
    const allowed = exchange.canUse === undefined ? candidates : candidates.filter(({ id }) => canUse(id));
    // With none left the gate says why.
    const route = deps.router.open(allowed.length > 0 ? allowed : candidates, body, exchange.identity);
    exchange.engineId = route.entry.engine.id;
    exchange.modelId = route.entry.model.id;
    if (allowed.length === 0 || !route.isShut) return route;
    refuseShut(route, exchange);
    return undefined;
  }
  const message =
    resolution.code === 'model_missing'
      ? "Name a model in the member 'model', or set flm.proxy.defaultModel."
      : `The model '${(model ?? '').slice(0, 200)}' is not offered by any engine.${suggest(resolution.suggestions.filter(canUse))}`;
  exchange.respondError(openAiError(resolution.code, message, 'model'), resolution.code);
  return undefined;
}

/** At once, instead of one more connect timeout for every request. */
function refuseShut(route: Route, answer: Pick<Exchange, 'respondError'>): void {
  const { name } = route.entry.engine;
  const seconds = Math.max(1, Math.ceil(route.retryAfterMs / 1000));
  const message = `The engine ${name} could not be reached several times in a row, and is tried again in ${seconds} s. Is it running?`;
  answer.respondError(openAiError('engine_unavailable', message), 'engine_unavailable', [
    'retry-after',
    String(seconds),
  ]);
}

function suggest(names: readonly string[]): string {
  return names.length === 0 ? ' See GET /v1/models.' : ` Did you mean ${names.slice(0, 3).join(', ')}?`;
}

/**
 * A slot, or undefined when the gate refused (then answered) or the client left while waiting. Without a promise where
 * there is nothing to wait for: abort controller, promises and their turns took 12 µs.
 */
function waitForSlot(
  { gate, clock }: InferenceDeps,
  exchange: Exchange,
  body: InferenceBody,
  route: Route,
  listener: ForwardListener,
): Slot | undefined | Promise<Slot | undefined> {
  const routing = new Routing(exchange, body, route);
  const now = gate.acquireNow?.(routing);
  if (now !== undefined) {
    exchange.queueMs = 0;
    if ('release' in now) return now;
    listener.refuse(now);
    return undefined;
  }
  return queue(gate, clock, exchange, routing, route, listener);
}

/** Waits in line. */
async function queue(
  gate: Gate,
  clock: Clock,
  exchange: Exchange,
  routing: RoutingFacts,
  route: Route,
  listener: ForwardListener,
): Promise<Slot | undefined> {
  const left = new AbortController();
  const leave = (): void => left.abort(new Error('the client left'));
  exchange.onClose = () => listener.close(leave);
  const startedAt = clock.monotonic();
  let answer: Slot | Refusal;
  exchange.ownTime.wait();
  try {
    answer = await gate.acquire(routing, left.signal);
  } catch (error) {
    if (exchange.isClosed) return undefined;
    route.end();
    throw error;
  } finally {
    exchange.ownTime.resume();
    if (!exchange.isClosed) exchange.onClose = () => listener.close(() => undefined);
  }
  exchange.queueMs = 'release' in answer ? answer.waitedMs : clock.monotonic() - startedAt;
  const isGone = exchange.isClosed || exchange.res.writableEnded;
  if ('release' in answer) {
    if (!isGone) return answer;
    answer.release();
  } else if (!isGone) listener.refuse(answer);
  return undefined;
}

/** What the gate may ask about a routed request. The hash is made only if it does: 1 ms per MiB. */
class Routing implements RoutingFacts {
  readonly request: RequestFacts;
  readonly identity: Identity;
  readonly engineId: string;
  readonly modelId: string;
  readonly isStream: boolean;
  readonly bodyBytes: number;
  readonly #bytes: Buffer;
  readonly #route: Route;

  constructor(exchange: Exchange, { bytes, isStream }: InferenceBody, route: Route) {
    this.request = exchange.facts;
    this.identity = exchange.identity as Identity;
    this.engineId = exchange.engineId as string;
    this.modelId = exchange.modelId as string;
    this.isStream = isStream;
    this.bodyBytes = bytes.length;
    this.#bytes = bytes;
    this.#route = route;
  }

  claim(isLastCall = false): boolean {
    return this.#route.claim(isLastCall);
  }

  get bodyHash(): string {
    return createHash('sha256').update(this.#bytes).digest('hex');
  }
}
