import type { CatalogEntry } from '../../../core/catalog';
import type { EngineKind } from '../../../core/engine';
import type { InferenceBody } from '../../inference-body';
import { RequestMembers } from '../../repairs/request-members';
import { estimateTokens } from './token-estimate';

/**
 * Kinds that refuse a request whose prompt and `max_tokens` together exceed the context (vLLM's 400 «maximum context
 * length»). Clients of the Messages API must name a limit, and name that of Anthropic's models: 32,000 and more.
 */
const strictKinds: ReadonlySet<EngineKind> = new Set<EngineKind>(['vllm', 'openai']);

/** No text has more tokens than this share of its bytes, but for rare scripts. */
const tokensPerByte = 1 / 3;

/** Whether the limit of a request surely fits; from its length alone, without reading it. */
export function surelyFits(entry: CatalogEntry, body: InferenceBody): boolean {
  const context = contextOf(entry);
  if (context === undefined) return true;
  const limit = new RequestMembers(body).value('max_tokens');
  return typeof limit !== 'number' || limit + body.bytes.length * tokensPerByte <= context;
}

/**
 * `max_tokens` as the engine takes it: left out where it reaches beyond the context, so that the engine generates what
 * fits, which is what the client would have got.
 */
export function outputLimit(
  limit: unknown,
  messages: readonly unknown[],
  tools: unknown,
  entry: CatalogEntry,
): { readonly max_tokens?: unknown } {
  if (limit === undefined || limit === null) return {};
  const context = contextOf(entry);
  if (context === undefined || typeof limit !== 'number') return { max_tokens: limit };
  return limit + estimateTokens(messages, tools) > context ? {} : { max_tokens: limit };
}

function contextOf({ engine, model }: CatalogEntry): number | undefined {
  return strictKinds.has(engine.kind) ? (model.contextLoaded ?? model.contextMax) : undefined;
}
