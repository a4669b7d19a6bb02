import type { EngineKind } from '../core/engine';
import { gatewayHeader } from '../core/upstream';
import { reason, type Reason } from '../core/reason';
import { objectOf, parseJson, textOf } from './json';
import { parseLlamaProps } from './llamacpp';
import { parseLmStudioV0, parseLmStudioV1 } from './lmstudio';
import { isLoadingAnswer, observe, type Observation } from './observation';
import { parseOllamaVersion } from './ollama';
import { openaiListPath, openaiRows } from './openai-compatible';
import type { ProbeReply, ProbeSession } from './probe';
import { parseVllmVersion } from './vllm';

/** Who listens on an address. */
export type Identity =
  /** `list` is the answer to `/v1/models`, if it can be used as such. */
  | { readonly type: 'engine'; readonly kind: EngineKind; readonly list?: ProbeReply }
  /** An engine that does not let us in, or is not ready: its kind, and why. */
  | { readonly type: 'closed'; readonly kind: EngineKind; readonly observation: Observation; readonly isSure: boolean }
  /** No answer. */
  | { readonly type: 'silent'; readonly observation: Observation }
  /** FLM itself, in this or another window. */
  | { readonly type: 'self' }
  /** Something answers that is no engine. */
  | { readonly type: 'stranger'; readonly reason: Reason };

/**
 * Finds out by its answers, never by its port, what listens on an address. Steps go from the surest sign to the
 * weakest and stop at the first that decides:
 *
 * 1. `/v1/models`: llama-server signs every answer; vLLM, llama.cpp and LM Studio name themselves as owner
 * 2. `/lmstudio-greeting`, together with a usable list (LM Studio's internal port greets too, but has none)
 * 3. `/api/version` and the greeting of `/`: both, because llama-server served Ollama's lists for a year
 * 4. `/version` with vLLM's other marks
 * 5. `/props`: llama-server behind a proxy that hides its signature
 * 6. a valid list: some other OpenAI-compatible server
 *
 * One to six small requests; sent when an address first answers and again when its answers no longer fit.
 */
export async function identify(session: ProbeSession): Promise<Identity> {
  const list = await session.get(openaiListPath);
  if (!list.ok) {
    const observation = observe(list, openaiListPath, session.hasKey);
    return observation.type === 'bad-answer'
      ? { type: 'stranger', reason: observation.reason }
      : { type: 'silent', observation };
  }
  const facts = readListFacts(list, session.hasKey);
  if (facts.isSelf) return { type: 'self' };
  if (facts.isLlama || (facts.isOk && facts.owner === 'llamacpp')) return known('llamacpp', facts);
  for (const step of stepsFor(facts)) {
    const kind = await steps[step](session, facts);
    if (kind === 'nobody') return { type: 'stranger', reason: reason('engine.notAnEngine') };
    if (kind !== undefined) return known(kind, facts);
  }
  return lastResort(facts);
}

interface ListFacts {
  readonly reply: ProbeReply;
  readonly observation: Observation;
  /** 2xx with a valid list. */
  readonly isOk: boolean;
  readonly isLocked: boolean;
  readonly owner: string | undefined;
  readonly isSelf: boolean;
  readonly isLlama: boolean;
  readonly server: string;
  readonly isExpress: boolean;
  readonly errorText: string;
}

function readListFacts(reply: ProbeReply, hadKey: boolean): ListFacts {
  const body = parseJson(reply.body);
  const rows = openaiRows(body);
  const error = objectOf(body)?.error;
  const server = reply.headers.server ?? '';
  const observation = observe(reply, openaiListPath, hadKey);
  return {
    reply,
    observation,
    isOk: observation.type === 'ok' && rows !== undefined,
    isLocked: observation.type === 'needs-key',
    owner: textOf(objectOf(rows?.[0])?.owned_by),
    isSelf: reply.headers[gatewayHeader] !== undefined,
    isLlama: server.toLowerCase() === 'llama.cpp' || isLoadingAnswer(reply),
    server: server.toLowerCase(),
    isExpress: /express/i.test(reply.headers['x-powered-by'] ?? ''),
    errorText: textOf(error, 500) ?? textOf(objectOf(error)?.message, 500) ?? '',
  };
}

function known(kind: EngineKind, facts: ListFacts): Identity {
  if (facts.observation.type === 'ok') return { type: 'engine', kind, list: facts.reply };
  const isClosed = facts.observation.type !== 'bad-answer';
  return isClosed ? { type: 'closed', kind, observation: facts.observation, isSure: true } : { type: 'engine', kind };
}

type Step = 'lmstudio' | 'ollama' | 'vllm' | 'props';
type StepResult = EngineKind | 'nobody' | undefined;

/** The order of the rules, with the likeliest first: an engine's log is not to fill with routes it does not know. */
function stepsFor(facts: ListFacts): readonly Step[] {
  if (facts.owner === 'vllm' || facts.server === 'uvicorn') return ['vllm', 'lmstudio', 'ollama', 'props'];
  if (facts.isExpress || facts.owner === 'organization_owner') return ['lmstudio', 'ollama', 'vllm', 'props'];
  if (facts.owner === 'library' || facts.server === '') return ['ollama', 'lmstudio', 'vllm', 'props'];
  return ['lmstudio', 'ollama', 'vllm', 'props'];
}

const steps: Record<Step, (session: ProbeSession, facts: ListFacts) => Promise<StepResult>> = {
  lmstudio: isLmStudio,
  ollama: isOllama,
  vllm: isVllm,
  props: async (session) => {
    const props = await session.get('/props');
    return props.ok && props.status === 200 && parseLlamaProps(parseJson(props.body)) ? 'llamacpp' : undefined;
  },
};

async function isLmStudio(session: ProbeSession, facts: ListFacts): Promise<StepResult> {
  const greeting = await session.get('/lmstudio-greeting');
  if (!greeting.ok || greeting.status !== 200) {
    return facts.isLocked && /LM Studio/i.test(facts.errorText) ? 'lmstudio' : undefined;
  }
  const body = objectOf(parseJson(greeting.body));
  const isGreeting = body?.lmstudio === true;
  const isVariant = /^Unexpected endpoint or method/i.test(textOf(body?.error, 500) ?? '');
  if (!isGreeting && !isVariant) return undefined;
  if (facts.isOk || facts.isLocked) return 'lmstudio';
  // No list on /v1: either a version whose list is broken (0.4.17), or the app's internal port, which has none at all.
  return (await hasNativeList(session)) ? 'lmstudio' : 'nobody';
}

async function hasNativeList(session: ProbeSession): Promise<boolean> {
  const [v1, v0] = await Promise.all([session.get('/api/v1/models'), session.get('/api/v0/models')]);
  return (
    (v1.ok && v1.status === 200 && parseLmStudioV1(parseJson(v1.body)) !== undefined) ||
    (v0.ok && v0.status === 200 && parseLmStudioV0(parseJson(v0.body)) !== undefined)
  );
}

async function isOllama(session: ProbeSession): Promise<StepResult> {
  const version = await session.get('/api/version');
  if (!version.ok || version.status !== 200 || parseOllamaVersion(parseJson(version.body)) === undefined)
    return undefined;
  const root = await session.get('/');
  return root.ok && root.status === 200 && root.body.startsWith('Ollama is running') ? 'ollama' : undefined;
}

async function isVllm(session: ProbeSession, facts: ListFacts): Promise<StepResult> {
  const version = await session.get('/version');
  if (!version.ok || version.status !== 200 || parseVllmVersion(parseJson(version.body)) === undefined)
    return undefined;
  if (facts.owner === 'vllm' || (facts.isLocked && facts.errorText === 'Unauthorized')) return 'vllm';
  if (facts.server !== 'uvicorn') return undefined;
  const health = await session.get('/health');
  return health.ok && (health.status === 200 || health.status === 503) && health.body === '' ? 'vllm' : undefined;
}

function lastResort(facts: ListFacts): Identity {
  const { observation } = facts;
  if (facts.isOk) return { type: 'engine', kind: 'openai', list: facts.reply };
  if (observation.type === 'bad-answer') return { type: 'stranger', reason: observation.reason };
  if (observation.type === 'ok') return { type: 'stranger', reason: reason('engine.notAnEngine') };
  // A refusal in OpenAI's own error shape comes from an engine or a gateway; any other 401 may be a router's web page.
  const error = objectOf(objectOf(parseJson(facts.reply.body))?.error);
  const isSure = textOf(error?.message, 2000) !== undefined;
  return { type: 'closed', kind: 'openai', observation, isSure };
}
