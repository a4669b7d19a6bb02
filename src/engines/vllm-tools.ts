import type { Model } from '../core/model';
import { objectOf, parseJson, textOf } from './json';
import type { ProbeSession } from './probe';

const memoName = 'vllm-tools';

/** Unvisited for longer, a server may have been started anew without having been seen away. Regular visits are closer. */
const unseenMs = 60_000;

/** What a server has answered, and which server that was. */
interface Told {
  /** Version and models. */
  readonly by: string;
  readonly takesTools: boolean;
  /** Monotonic ms of the last visit to it. */
  readonly seenAt: number;
  /** It may be another server by now: to be asked again. */
  readonly isOld?: boolean;
}

/**
 * A chat request that vLLM refuses in any case, before a token is generated: tools, to be chosen by the model, and a
 * temperature below zero. Without `--enable-auto-tool-choice` and `--tool-call-parser` it is refused for the tools, which
 * are looked at first; with them, for the temperature (serving_chat.py before 0.14, chat_completion/serving.py since).
 */
function question(model: string): object {
  return {
    model,
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }],
    tool_choice: 'auto',
    temperature: -1,
    max_tokens: 1,
  };
}

/** Words of `SamplingParams`, which is made after the tools were accepted; those of a request's schema differ. */
const acceptsTools = /temperature must be non-negative/;

/** Statuses that say something of the server; others are of the moment (429, 5xx) or of the key. */
const lastingStatuses: ReadonlySet<number> = new Set([200, 400, 404, 405, 422]);

/**
 * Asks whether a vLLM server reads tool calls out of its models' words, which its list does not tell. Anything but the
 * known refusal counts as no. The server logs the question as a refused request, so it is asked once, and again only
 * when version or models are others, or when it may have been started anew: it was away, or unvisited for long enough.
 */
export async function askTools(session: ProbeSession, models: readonly Model[], version = ''): Promise<void> {
  const base = models.find(({ capabilities, parent }) => capabilities.includes('chat') && parent === undefined);
  if (base === undefined || session.remainingMs() <= 0) return;
  const by = JSON.stringify([version, ...models.map(({ id }) => id).sort()]);
  const told = toldOf(session);
  if (told?.by === by && told.isOld !== true) return;
  session.memo.delete(memoName);
  const answer = await session.post('/v1/chat/completions', question(base.id));
  if (!answer.ok || !lastingStatuses.has(answer.status)) return;
  const body = objectOf(parseJson(answer.body));
  const message = textOf(objectOf(body?.error)?.message ?? body?.message, 2000);
  const takesTools = answer.status === 400 && message !== undefined && acceptsTools.test(message);
  session.memo.set(memoName, { by, takesTools, seenAt: session.now() } satisfies Told);
}

/** To be said at every visit, before anything is asked: what the server told holds on, unless it was unseen for long. */
export function noteVisit(session: ProbeSession): void {
  const told = toldOf(session);
  if (told === undefined) return;
  const now = session.now();
  session.memo.set(memoName, { ...told, seenAt: now, ...(now - told.seenAt > unseenMs ? { isOld: true } : {}) });
}

function toldOf({ memo }: ProbeSession): Told | undefined {
  return memo.get(memoName) as Told | undefined;
}

/** The models with what {@link askTools} has found out: the server reads the calls of all its chat models, or of none. */
export function withTools(session: ProbeSession, models: readonly Model[]): readonly Model[] {
  if (toldOf(session)?.takesTools !== true) return models;
  return models.map((model) =>
    model.capabilities.includes('chat') && !model.capabilities.includes('tools')
      ? { ...model, capabilities: [...model.capabilities, 'tools'] }
      : model,
  );
}
