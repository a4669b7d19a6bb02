import type { ChatMessage, ChatPart } from './chat-message';

/**
 * Tokens of a text without its tokenizer: a quarter per Latin character (OpenAI's rule of thumb, a little more for code),
 * a half per character of other alphabets, one per Chinese, Japanese or Korean character or symbol. Engines offer counts
 * only over routes that FLM does not forward, and VS Code asks for hundreds of them before each request.
 */
export function estimateTokens(text: string): number {
  let quarters = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x0250) quarters += 1;
    else if (code < 0x2e80) quarters += 2;
    // Of a surrogate pair each half counts half.
    else quarters += code >= 0xd800 && code <= 0xdfff ? 2 : 4;
  }
  return Math.ceil(quarters / 4);
}

/** Role and separators of one message in common chat templates. */
const messageOverhead = 4;
/** Between 256 (Gemma 3) and about 1,300 (Qwen-VL at 1 megapixel). */
const imageTokens = 800;
const toolOverhead = 8;

export function estimateMessageTokens(message: ChatMessage): number {
  return messageOverhead + sumOf(message.parts);
}

function sumOf(parts: readonly ChatPart[]): number {
  return parts.reduce((sum, part) => sum + partTokens(part), 0);
}

function partTokens(part: ChatPart): number {
  switch (part.kind) {
    case 'text':
      return estimateTokens(part.text);
    case 'image':
      return imageTokens;
    case 'tool-call':
      return toolOverhead + estimateTokens(part.name) + estimateTokens(JSON.stringify(part.input));
    case 'tool-result':
      return toolOverhead + sumOf(part.content);
  }
}
