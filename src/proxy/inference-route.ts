import type { Catalog, CatalogEntry } from '../core/catalog';
import type { Clock } from '../core/clock';
import type { FlmConfig } from '../core/config-schema';
import type { Gate, Identity, Refusal, RequestFacts, RoutingFacts, Slot } from '../core/request';
import { createHash } from 'node:crypto';
import { unsupportedBody } from './content-type';
import { parseRequest } from './dialects/plan-call';
import type { Exchange } from './exchange';
import { forward, type ForwardDeps } from './forward';
import type { InferenceBody } from './inference-body';
import type { InFlight } from './in-flight';
import { openAiError } from './openai-error';
import { readRequestBody } from './request-body';

export interface InferenceDeps extends ForwardDeps {
  readonly catalog: Catalog;
  readonly gate: Gate;
  readonly inFlight: InFlight;
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
  const entry = chooseModel(deps, exchange, body);
  if (entry === undefined) return;

  exchange.engineId = entry.engine.id;
  exchange.modelId = entry.model.id;
  const slot = await waitForSlot(deps.gate, deps.clock, exchange, body);
  if (slot === undefined) return;
  if (exchange.isAnswered()) {
    slot.release();
    return;
  }
  deps.inFlight.begin(entry.engine.id);
  forward(deps, deps.config(), exchange, entry, body);
  const stop = exchange.onClose;
  exchange.onClose = () => {
    stop?.();
    deps.inFlight.end(entry.engine.id);
    slot.release();
  };
}

async function receiveBody(
  { clock, gate }: InferenceDeps,
  config: FlmConfig,
  exchange: Exchange,
): Promise<Buffer | undefined> {
  const unsupported = unsupportedBody(exchange.req.headers);
  if (unsupported !== undefined) {
    exchange.respondError(openAiError('unsupported_media_type', unsupported), 'unsupported_media_type');
    return undefined;
  }
  const maxMiB = config['proxy.bodyLimitMiB'];
  const limits = { maxBytes: maxMiB * mebi, maxMiB, uploadSeconds: config['timeouts.uploadSeconds'] };
  const read = await readRequestBody(exchange, limits, clock);
  if (read.ok) return read.bytes;
  if (read.reason === 'too-large') {
    const declaredBytes = read.declared === undefined ? {} : { declaredBytes: read.declared };
    gate.report({ type: 'body-too-large', facts: exchange.facts, ...declaredBytes });
    exchange.respondError(read.error, 'body_too_large');
  } else if (read.reason === 'slow') {
    gate.report({ type: 'slow-upload', facts: exchange.facts });
    exchange.respondError(read.error, 'request_timeout');
  }
  return undefined;
}

function chooseModel(deps: InferenceDeps, exchange: Exchange, { model }: InferenceBody): CatalogEntry | undefined {
  const resolution = deps.catalog.resolve(model);
  const canUse = exchange.canUse ?? (() => true);
  if (resolution.ok) {
    const usable = resolution.candidates.filter(({ id }) => canUse(id));
    // With none left the gate says why.
    return deps.inFlight.leastBusy(usable.length > 0 ? usable : resolution.candidates);
  }
  const message =
    resolution.code === 'model_missing'
      ? "Name a model in the member 'model', or set flm.proxy.defaultModel."
      : `The model '${(model ?? '').slice(0, 200)}' is not offered by any engine.${suggest(resolution.suggestions.filter(canUse))}`;
  exchange.respondError(openAiError(resolution.code, message, 'model'), resolution.code);
  return undefined;
}

function suggest(names: readonly string[]): string {
  return names.length === 0 ? ' See GET /v1/models.' : ` Did you mean ${names.slice(0, 3).join(', ')}?`;
}

/** A slot, or undefined when the gate refused (then answered) or the client left while waiting. */
async function waitForSlot(
  gate: Gate,
  clock: Clock,
  exchange: Exchange,
  body: InferenceBody,
): Promise<Slot | undefined> {
  const left = new AbortController();
  exchange.onClose = () => left.abort(new Error('the client left'));
  const startedAt = clock.monotonic();
  let answer: Slot | Refusal;
  try {
    answer = await gate.acquire(new Routing(exchange, body), left.signal);
  } catch (error) {
    if (exchange.isAnswered()) return undefined;
    throw error;
  } finally {
    if (!exchange.isClosed) exchange.onClose = undefined;
  }
  exchange.queueMs = 'release' in answer ? answer.waitedMs : clock.monotonic() - startedAt;
  if ('release' in answer) return answer;
  if (!exchange.isAnswered()) exchange.refuse(answer);
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

  constructor(exchange: Exchange, { bytes, isStream }: InferenceBody) {
    this.request = exchange.facts;
    this.identity = exchange.identity as Identity;
    this.engineId = exchange.engineId as string;
    this.modelId = exchange.modelId as string;
    this.isStream = isStream;
    this.bodyBytes = bytes.length;
    this.#bytes = bytes;
  }

  get bodyHash(): string {
    return createHash('sha256').update(this.#bytes).digest('hex');
  }
}
