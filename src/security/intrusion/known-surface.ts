/**
 * What honest requests to a gateway for language models look like. Whatever fits needs no signature: this is where the
 * low rate of false alarms comes from.
 */

/** Query keys of the dialects FLM speaks (OpenAI, Anthropic, Ollama, Gemini, LM Studio, Azure). */
const knownKeys: ReadonlySet<string> = new Set(
  'limit after before after_id before_id order purpose api-version alt key beta pagesize pagetoken include[] include stream model verbose insecure name'.split(
    ' ',
  ),
);

const PLAIN_VALUE = /^(?:[\w.:@~,-]|%20|%2c|%3a)*$/i;
const PLAIN_PATH = /^\/(?:[\w:@~,.-]|%20|%2f|%3a|%5c|\/)*$/i;

/** A query pair that only a plain client would send. */
export function isKnownPair(key: string, value: string): boolean {
  return value.length <= 256 && knownKeys.has(key.toLowerCase()) && PLAIN_VALUE.test(value);
}

/** A path without anything to interpret: plain characters, no dot segments, no empty segments. */
export function isPlainPath(path: string): boolean {
  return path.length <= 512 && PLAIN_PATH.test(path) && !path.includes('..') && !path.includes('/.');
}

/** Headers whose grammar allows `"`, `;`, `(`, `=`: only characters outside of it make them odd. */
const knownHeaders: ReadonlySet<string> = new Set(
  (
    'host connection accept accept-charset accept-encoding accept-language access-control-request-headers ' +
    'access-control-request-method access-control-request-private-network cache-control content-length content-type date ' +
    'dnt expect forwarded from if-match if-modified-since if-none-match if-unmodified-since keep-alive max-forwards origin ' +
    'pragma priority proxy-connection range referer te trailer transfer-encoding upgrade upgrade-insecure-requests ' +
    'user-agent via x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto x-real-ip x-request-id ' +
    'x-requested-with traceparent tracestate baggage content-encoding anthropic-version anthropic-beta ' +
    'anthropic-dangerous-direct-browser-access openai-organization openai-project openai-beta x-api-version ' +
    'x-goog-api-client x-app http-referer x-title helicone-user-id'
  ).split(' '),
);
const KNOWN_HEADER_FAMILY = /^(?:x-stainless-|sec-|x-b3-|anthropic-|openai-|cf-|x-vscode-|x-github-|copilot-|editor-)/;

export function isKnownHeader(name: string): boolean {
  return knownHeaders.has(name) || KNOWN_HEADER_FAMILY.test(name);
}

/** Values never matched against the table: secrets, and cookies of other programs on this host. */
const secretHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'x-auth-token',
  'cookie',
]);

export function isSecretHeader(name: string): boolean {
  return secretHeaders.has(name);
}
