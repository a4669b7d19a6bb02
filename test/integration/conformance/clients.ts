import { aiSdkRows } from './rows/ai-sdk';
import { anthropicRows } from './rows/anthropic';
import { ollamaRows } from './rows/ollama';
import { openAiChatRows } from './rows/openai-chat';
import { openAiOtherRows } from './rows/openai-others';
import { responsesRows } from './rows/openai-responses';
import { plainRows } from './rows/plain-http';
import type { Row } from './stage';

/** A client and what it is used for: one part of the table. */
export interface Client {
  readonly title: string;
  /** Whose versions the table names. */
  readonly packages: readonly string[];
  readonly rows: readonly Row[];
}

export const clients: readonly Client[] = [
  { title: 'OpenAI’s client: chat', packages: ['openai'], rows: openAiChatRows },
  { title: 'OpenAI’s client: the other routes, and errors', packages: ['openai'], rows: openAiOtherRows },
  { title: 'OpenAI’s client: Responses API', packages: ['openai'], rows: responsesRows },
  { title: 'Anthropic’s client', packages: ['@anthropic-ai/sdk'], rows: anthropicRows },
  { title: 'Ollama’s client', packages: ['ollama'], rows: ollamaRows },
  { title: 'AI SDK', packages: ['ai', '@ai-sdk/openai-compatible'], rows: aiSdkRows },
  { title: 'Routes without a client of their own', packages: [], rows: plainRows },
];
