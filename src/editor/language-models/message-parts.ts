import * as vscode from 'vscode';
import type { ChatMessage, ChatPart } from './chat-message';
import { promptTsxText } from './prompt-tsx-text';

/** `LanguageModelChatMessageRole.System`, a proposed value that VS Code's own requests carry. */
const systemRole = 3;

export function readMessage(message: vscode.LanguageModelChatRequestMessage): ChatMessage {
  const parts = message.content.flatMap(readPart);
  return { role: roleOf(message.role), parts, ...(message.name !== undefined && { name: message.name }) };
}

function roleOf(role: vscode.LanguageModelChatMessageRole): ChatMessage['role'] {
  const value: number = role;
  if (value === systemRole) return 'system';
  return role === vscode.LanguageModelChatMessageRole.Assistant ? 'assistant' : 'user';
}

/** Parts FLM has no use for (reasoning, cache marks, a newer VS Code's) are left out. */
function readPart(part: unknown): ChatPart[] {
  if (part instanceof vscode.LanguageModelTextPart) return [{ kind: 'text', text: part.value }];
  if (part instanceof vscode.LanguageModelToolCallPart) {
    return [{ kind: 'tool-call', id: part.callId, name: part.name, input: part.input }];
  }
  if (part instanceof vscode.LanguageModelToolResultPart) {
    return [{ kind: 'tool-result', id: part.callId, content: part.content.flatMap(readPart) }];
  }
  if (part instanceof vscode.LanguageModelPromptTsxPart) return [{ kind: 'text', text: promptTsxText(part.value) }];
  return isDataPart(part) ? readData(part) : [];
}

/** `LanguageModelDataPart`: not yet in the types of VS Code 1.104, so known by its shape. */
interface DataPart {
  readonly mimeType: string;
  readonly data: Uint8Array;
}

function isDataPart(part: unknown): part is DataPart {
  const { mimeType, data } = (typeof part === 'object' && part !== null ? part : {}) as Partial<DataPart>;
  return typeof mimeType === 'string' && data instanceof Uint8Array;
}

function readData({ mimeType, data }: DataPart): ChatPart[] {
  if (mimeType.startsWith('image/')) return [{ kind: 'image', mimeType, data }];
  const isText = mimeType.startsWith('text/') || /^application\/(\S+\+)?json\b/.test(mimeType);
  return isText ? [{ kind: 'text', text: new TextDecoder().decode(data) }] : [];
}
