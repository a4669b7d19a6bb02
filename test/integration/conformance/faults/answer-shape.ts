import assert from 'node:assert/strict';
import type { Api } from './routes';

type Json = Record<string, unknown>;

const parse = (text: string): Json => JSON.parse(text) as Json;

/** An error answer, checked for the shape that the API's clients read. Returns its message, and code where one is told. */
export function errorIn(api: Api, text: string): { readonly message: string; readonly code: string | undefined } {
  const body = parse(text);
  if (api === 'ollama') {
    assert.deepEqual(Object.keys(body), ['error'], text);
    assert.equal(typeof body.error, 'string', text);
    return { message: body.error as string, code: undefined };
  }
  const error = body.error as Json;
  if (api === 'anthropic') {
    assert.equal(body.type, 'error', text);
    assert.match(String(body.request_id), /^req_/, text);
    assert.equal(typeof error.type, 'string', text);
  } else {
    assert.deepEqual(Object.keys(body), ['error'], text);
    assert.deepEqual(Object.keys(error), ['message', 'type', 'param', 'code'], text);
    assert.equal(typeof error.type, 'string', text);
  }
  assert.equal(typeof error.message, 'string', text);
  return { message: error.message as string, code: (error.code ?? undefined) as string | undefined };
}

/** Data of the events, or the lines, in their order. What is no JSON is left out, `[DONE]` stays. */
function piecesOf(api: Api, text: string): (Json | '[DONE]')[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  const data =
    api === 'ollama' ? lines : lines.flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trimStart()] : []));
  return data.flatMap((piece): (Json | '[DONE]')[] => {
    if (piece === '[DONE]') return [piece];
    try {
      const value: unknown = JSON.parse(piece);
      return typeof value === 'object' && value !== null ? [value as Json] : [];
    } catch {
      return [];
    }
  });
}

/** How a stream ended, as clients of the API judge it. `open`: neither its end nor an error. */
export function endOf(api: Api, text: string): 'whole' | 'error' | 'open' {
  const pieces = piecesOf(api, text);
  const isError = (piece: Json | '[DONE]'): boolean =>
    piece !== '[DONE]' && ((piece.error !== undefined && piece.error !== null) || piece.type === 'error');
  if (pieces.some(isError)) return 'error';
  return pieces.some((piece) => isEnd(api, piece)) ? 'whole' : 'open';
}

function isEnd(api: Api, piece: Json | '[DONE]'): boolean {
  if (piece === '[DONE]') return api === 'openai';
  const ends: Readonly<Record<Api, boolean>> = {
    openai: false,
    responses: piece.type === 'response.completed',
    anthropic: piece.type === 'message_stop',
    ollama: piece.done === true,
    infill: piece.stop === true,
  };
  return ends[api];
}

/** A stream told its error in the last piece, once, and nothing that says it is whole. */
export function assertErrorEnd(api: Api, text: string): void {
  assert.equal(endOf(api, text), 'error', text.slice(-600));
  const pieces = piecesOf(api, text);
  assert.ok(!pieces.some((piece) => isEnd(api, piece)), text.slice(-600));
  const last = pieces.at(-1) as Json;
  if (api === 'responses') assert.equal(last.type, 'error');
  else errorIn(api, JSON.stringify(last));
}

/** All text that the model wrote, of a whole answer or a stream. */
export function saidIn(api: Api, text: string, isStream: boolean): string {
  if (!isStream) return wholeText(api, parse(text));
  return piecesOf(api, text)
    .map((piece) => (piece === '[DONE]' ? '' : pieceText(api, piece)))
    .join('');
}

function pieceText(api: Api, piece: Json): string {
  const delta = piece.delta as Json | string | undefined;
  if (api === 'responses') return piece.type === 'response.output_text.delta' ? textOf(delta) : '';
  if (api === 'anthropic') return piece.type === 'content_block_delta' ? textOf((delta as Json).text) : '';
  if (api === 'infill') return textOf(piece.content);
  if (api === 'ollama') return textOf(piece.response ?? (piece.message as Json | undefined)?.content);
  const [choice] = (Array.isArray(piece.choices) ? piece.choices : []) as Json[];
  return textOf(choice?.text ?? (choice?.delta as Json | null | undefined)?.content);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function wholeText(api: Api, body: Json): string {
  if (api === 'responses') {
    const [item] = body.output as { content: { text: string }[] }[];
    return item?.content[0]?.text ?? '';
  }
  if (api === 'anthropic') return (body.content as { text: string }[])[0]?.text ?? '';
  if (api === 'infill') return String(body.content);
  if (api === 'ollama') return String(body.response ?? (body.message as Json).content);
  const [choice] = body.choices as Json[];
  return String(choice?.text ?? (choice?.message as Json).content);
}
