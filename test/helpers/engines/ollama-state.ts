import type { Exchange } from './exchange';
import { IdSequence } from './ids';
import { findModel, type OllamaLoaded, type OllamaModel, type OllamaScript } from './ollama-models';
import { isObject, type JsonObject } from './openai-request';
import { goSyntaxError, sendGinJson } from './ollama-wire';
import type { Simulator } from './simulator';

/** What an Ollama route gets. */
export interface OllamaContext {
  readonly exchange: Exchange;
  readonly simulator: Simulator<OllamaScript>;
  readonly script: Readonly<OllamaScript>;
  readonly state: OllamaState;
  /** Last path segment of `/v1/models/{model}`. */
  readonly parameter: string;
}

export interface OllamaHandler {
  readonly methods: readonly string[];
  handle(context: OllamaContext): Promise<void> | void;
}

export class OllamaState {
  readonly ids = new IdSequence();

  /** `chatcmpl-` and a number below 999, as Ollama makes them. */
  chatId(script: Readonly<OllamaScript>): string {
    return script.chatId ?? `chatcmpl-${this.ids.number(999)}`;
  }
}

export function loadedModels(script: Readonly<OllamaScript>): readonly OllamaLoaded[] {
  return (script.loaded ?? []).map((entry) => (typeof entry === 'string' ? { name: entry } : entry));
}

/** Parses the body as Go's decoder does; undefined after `fail` was called. */
export function readBody(exchange: Exchange, fail: (message: string) => void): JsonObject | undefined {
  const { text } = exchange.request;
  const problem = goSyntaxError(text);
  if (problem !== '') {
    fail(problem);
    return undefined;
  }
  const body: unknown = JSON.parse(text);
  if (isObject(body)) return body;
  fail('json: cannot unmarshal array into Go value of type openai.ChatCompletionRequest');
  return undefined;
}

/** As `readBody` for the native routes, which have words of their own for an empty body. */
export function readNativeBody(exchange: Exchange): JsonObject | undefined {
  return readBody(exchange, (message) => {
    void sendGinJson(exchange, 400, { error: message === 'EOF' ? 'missing request body' : message });
  });
}

/** A refusal before any inference: status and message. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  /** Cloud models name where to sign in. */
  readonly signinUrl?: string;
}

export interface Needs {
  readonly capability: 'completion' | 'embedding';
  /** A request with a suffix. */
  readonly insert?: boolean;
}

/** Checks a request as Ollama's scheduler does, and loads the model. Undefined: the client left meanwhile. */
export async function acquireModel(
  context: OllamaContext,
  body: JsonObject,
  needs: Needs,
): Promise<OllamaModel | Refusal | undefined> {
  const { simulator, script, exchange } = context;
  const name = body['model'];
  if (typeof name !== 'string' || name === '') return { status: 400, message: 'model is required' };
  if (!/^[^\s:]+(:[^\s:]+)?$/.test(name)) return { status: 400, message: 'invalid model name' };
  const model = findModel(script, name);
  if (!model) {
    const isEmbedding = needs.capability === 'embedding';
    const message = isEmbedding ? `model "${name}" not found, try pulling it first` : `model '${name}' not found`;
    return { status: 404, message };
  }
  if (model.remote && script.isSignedIn !== true) {
    return { status: 401, message: 'unauthorized', signinUrl: 'https://ollama.com/connect' };
  }
  const message = lacking(body, model, needs);
  if (message !== undefined) return { status: 400, message };
  const isLoaded = loadedModels(script).some((loaded) => loaded.name === model.name);
  if (script.isBusy === true && !isLoaded) {
    return { status: 503, message: 'server busy, please try again.  maximum pending requests exceeded' };
  }
  if (!isLoaded) {
    if (!(await simulator.load(exchange))) return undefined;
    if (script.loadFailure !== undefined) return { status: 500, message: script.loadFailure };
    simulator.script({ loaded: [...(simulator.scripted.loaded ?? []), model.name] });
  }
  if (needs.capability === 'embedding' && !capabilitiesOf(model).includes('embedding')) {
    // The words of the llama-server that runs the model
    return { status: 501, message: 'This server does not support embeddings. Start it with `--embeddings`' };
  }
  return model;
}

function capabilitiesOf(model: OllamaModel): readonly string[] {
  return model.capabilities ?? ['completion'];
}

/** Why this model cannot answer this request. Ollama names it in two ways. */
function lacking(body: JsonObject, model: OllamaModel, needs: Needs): string | undefined {
  const has = (capability: string): boolean => capabilitiesOf(model).includes(capability);
  const fullName = `registry.ollama.ai/${model.name.includes('/') ? '' : 'library/'}${model.name}`;
  if (needs.capability === 'completion' && !has('completion'))
    return `"${String(body['model'])}" does not support chat`;
  if (Array.isArray(body['tools']) && body['tools'].length > 0 && !has('tools'))
    return `${fullName} does not support tools`;
  if (needs.insert === true && !has('insert')) return `${fullName} does not support insert`;
  return asksToThink(body) && !has('thinking') ? `"${String(body['model'])}" does not support thinking` : undefined;
}

export function isRefusal(value: OllamaModel | Refusal): value is Refusal {
  return 'status' in value;
}

function asksToThink(body: JsonObject): boolean {
  const { think, reasoning_effort: effort } = body;
  return think === true || typeof think === 'string' || (typeof effort === 'string' && effort !== 'none');
}
