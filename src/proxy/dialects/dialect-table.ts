import type { RequestFacts } from '../../core/request';
import { openAiErrors } from '../openai-error';
import { anthropicErrors } from './anthropic/anthropic-errors';
import { countTokens } from './anthropic/count-tokens';
import { anthropicMessages } from './anthropic/messages';
import type { Dialect, ErrorFormat } from './dialect';
import { fillInMiddle } from './infill/infill';
import { ollamaChat } from './ollama/chat';
import { ollamaEmbed, ollamaEmbeddings } from './ollama/embed';
import { ollamaGenerate } from './ollama/generate';
import { ollamaErrors } from './ollama/ollama-errors';
import { ollamaChanges, ollamaReads } from './ollama/read-routes';
import { rerank } from './rerank';
import { openAiResponses } from './responses/responses';

/** Inference routes of other APIs. Every other inference route is OpenAI's. */
export const dialects = {
  '/v1/messages': anthropicMessages,
  '/v1/messages/count_tokens': countTokens,
  '/v1/responses': openAiResponses,
  '/api/chat': ollamaChat,
  '/api/generate': ollamaGenerate,
  '/api/embed': ollamaEmbed,
  '/api/embeddings': ollamaEmbeddings,
  '/infill': fillInMiddle,
  '/rerank': rerank,
  '/v1/rerank': rerank,
  '/v2/rerank': rerank,
} as const satisfies Readonly<Record<string, Dialect>>;

export type DialectRoute = keyof typeof dialects;
export const dialectRoutes = Object.keys(dialects) as readonly DialectRoute[];

/** Routes without inference whose clients expect errors other than OpenAI's. */
const errorFormats: Readonly<Record<string, ErrorFormat>> = Object.fromEntries(
  [...ollamaReads, ...ollamaChanges].map((route) => [route, ollamaErrors]),
);

export function dialectOf(route: string | undefined): Dialect | undefined {
  return route !== undefined && Object.hasOwn(dialects, route) ? dialects[route as DialectRoute] : undefined;
}

/** How errors are worded for a request: by its route; by the client's own mark where a path says nothing. */
export function errorFormatOf({ route, headers }: Pick<RequestFacts, 'route' | 'headers'>): ErrorFormat {
  if (route === undefined) return isAnthropicClient(headers) ? anthropicErrors : openAiErrors;
  if (Object.hasOwn(errorFormats, route)) return errorFormats[route] as ErrorFormat;
  if (route.startsWith('/v1/models') && isAnthropicClient(headers)) return anthropicErrors;
  return dialectOf(route)?.errors ?? openAiErrors;
}

/** Anthropic's clients name the version of the API in every request. */
export function isAnthropicClient(headers: RequestFacts['headers']): boolean {
  return headers['anthropic-version'] !== undefined;
}
