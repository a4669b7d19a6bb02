import type { Model } from '../core/model';
import { objectOf, parseJson, textOf } from './json';
import type { ProbeSession } from './probe';

const memoName = 'vllm-tools';

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

/**
 * Asks whether a vLLM server reads tool calls out of its models' words, which its list does not tell. One request at
 * each full look until the answer is yes; that one is kept per version. Anything but the known refusal counts as no.
 */
export async function askTools(session: ProbeSession, models: readonly Model[], version = ''): Promise<void> {
  const base = models.find(({ capabilities, parent }) => capabilities.includes('chat') && parent === undefined);
  if (base === undefined || session.memo.get(memoName) === version || session.remainingMs() <= 0) return;
  session.memo.delete(memoName);
  const answer = await session.post('/v1/chat/completions', question(base.id));
  if (!answer.ok || answer.status !== 400) return;
  const body = objectOf(parseJson(answer.body));
  const message = textOf(objectOf(body?.error)?.message ?? body?.message, 2000);
  if (message !== undefined && acceptsTools.test(message)) session.memo.set(memoName, version);
}

/** The models with what {@link askTools} has found out: the server reads the calls of all its chat models, or of none. */
export function withTools({ memo }: ProbeSession, models: readonly Model[]): readonly Model[] {
  if (!memo.has(memoName)) return models;
  return models.map((model) =>
    model.capabilities.includes('chat') && !model.capabilities.includes('tools')
      ? { ...model, capabilities: [...model.capabilities, 'tools'] }
      : model,
  );
}
