import { createHash } from 'node:crypto';
import type { Identity } from '../../core/request';
import type { InferenceBody } from '../inference-body';
import type { Span } from '../json-scanner';

/** Members by which clients name a conversation themselves. */
const named = ['prompt_cache_key', 'session_id', 'conversation_id'];

/** Members that begin a prompt in OpenAI's, Anthropic's and Ollama's APIs. */
const beginnings = ['system', 'instructions', 'messages', 'input', 'prompt'];

/** More of one member than this is not hashed. */
const maxHashedBytes = 64 * 1024;

/** Of a plain text: prompts for autocomplete have no turns, and grow at their end. */
const textBytes = 1024;

/**
 * A short name for the conversation a request belongs to: the same for every turn of it, other ones for other callers.
 * From what the client calls it, else from its beginning (system prompt and first message), which stays the same while
 * it grows. Undefined for requests without either. Hashes at most some 64 KiB; nothing of the text is kept.
 */
export function conversationKey(body: InferenceBody, identity: Identity | undefined): string | undefined {
  const members = new Map<string, Span>();
  for (const { key, value } of body.members)
    members.set(body.bytes.toString('latin1', key.start + 1, key.end - 1), value);
  const names = named.filter((name) => members.has(name));
  const chosen = names.length > 0 ? names.slice(0, 1) : beginnings.filter((name) => members.has(name));
  if (chosen.length === 0) return undefined;
  const hash = createHash('sha256');
  hash.update(identity?.type === 'key' ? `key ${identity.keyId}` : 'local').update(`\n${body.model ?? ''}`);
  for (const name of chosen) {
    hash.update(`\n${name}\n`);
    const { start, end } = beginningOf(body.bytes, members.get(name) as Span);
    hash.update(body.bytes.subarray(start, Math.min(end, start + maxHashedBytes)));
  }
  return hash.digest('base64').slice(0, 22);
}

const openList = 0x5b;
const quote = 0x22;

/** The part of a value that later turns repeat. */
function beginningOf(bytes: Buffer, span: Span): Span {
  if (bytes[span.start] === quote) return { start: span.start, end: Math.min(span.end - 1, span.start + textBytes) };
  if (bytes[span.start] !== openList) return span;
  const first = itemAt(bytes, span.start + 1, span.end);
  const isFromSystem = /"role"\s*:\s*"(system|developer)"/.test(bytes.toString('latin1', first.start, first.end));
  return isFromSystem ? { start: first.start, end: itemAt(bytes, first.end + 1, span.end).end } : first;
}

/** The item of a list that begins at `from`, of JSON known to be valid. */
function itemAt(bytes: Buffer, from: number, end: number): Span {
  let depth = 0;
  let at = from;
  for (; at < end - 1; at++) {
    const byte = bytes[at];
    if (byte === quote) at = stringEnd(bytes, at);
    else if (byte === 0x7b || byte === openList) depth++;
    else if (byte === 0x7d || byte === 0x5d) depth--;
    else if (byte === 0x2c && depth === 0) break;
  }
  return { start: from, end: at };
}

/** Index of the closing quote. */
function stringEnd(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === 0x5c ? 2 : 1;
  return at;
}
