import { gzipSync } from 'node:zlib';
import type { Answer } from '../../../helpers/engines/script';

/** An answer that an engine gives in place of a good one, and what a client of any API then sees. */
export interface AnswerFault {
  readonly what: string;
  readonly answer: Answer;
  readonly status: number;
  /** In the access record. */
  readonly code: string;
}

const html = '<html><body><h1>502 Bad Gateway</h1><p>upstream 10.0.0.7:8000 /srv/app</p></body></html>';
const page = { 'content-type': 'text/html' };
const json = { 'content-type': 'application/json' };

const python =
  'Traceback (most recent call last):\n  File "/srv/engine/server.py", line 10, in run\nRuntimeError: worker died';
const node =
  'TypeError: x is not a function\n    at run (/home/me/engine/index.mjs:1:2)\n    at node:internal/main/run:3:4';
const places =
  'Post "http://127.0.0.1:41234/completion": dial tcp 127.0.0.1:41234: open /home/me/.models/a: Bearer engine-key-0123456789';

/** ENGINES.md (c) 33, 35, 38 and 43, and what engines say of their own accord (5, 9, 10, 13, 21, 28). */
export const answerFaults: readonly AnswerFault[] = [
  { what: 'an HTML page as success (35)', answer: { headers: page, body: html }, status: 502, code: 'engine_error' },
  {
    what: 'an HTML page of a proxy between (35)',
    answer: { status: 502, headers: page, body: html },
    status: 502,
    code: 'engine_error',
  },
  {
    what: 'an error as success (35)',
    answer: { body: { error: { message: 'Compute error.' } } },
    status: 502,
    code: 'engine_error',
  },
  {
    what: 'plain text 500 (35)',
    answer: { status: 500, headers: { 'content-type': 'text/plain' }, body: 'out of memory' },
    status: 500,
    code: 'engine_error',
  },
  { what: 'an empty 500 (35)', answer: { status: 500, body: '' }, status: 500, code: 'engine_error' },
  { what: 'an empty 200 (35)', answer: { headers: json, body: '' }, status: 502, code: 'engine_error' },
  {
    what: 'half of a JSON object (33)',
    answer: { headers: json, body: '{"id":"c","cho' },
    status: 502,
    code: 'engine_error',
  },
  {
    what: 'a redirect (42)',
    answer: { status: 307, headers: { location: 'http://10.0.0.7:1/' }, body: '' },
    status: 502,
    code: 'engine_error',
  },
  {
    what: 'a body that nobody asked to be compressed (38)',
    answer: { headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync('{"id":"c"}') },
    status: 502,
    code: 'engine_error',
  },
  {
    what: 'a missing key (21, 28)',
    answer: { status: 401, body: { error: 'Unauthorized' } },
    status: 502,
    code: 'engine_needs_key',
  },
  {
    what: 'a full queue (5)',
    answer: { status: 503, body: { error: 'server busy, please try again.' } },
    status: 503,
    code: 'engine_busy',
  },
  {
    what: 'too many requests',
    answer: { status: 429, body: { error: 'slow down' } },
    status: 429,
    code: 'engine_busy',
  },
  {
    what: 'a model that loads (10)',
    answer: { status: 503, body: { error: { message: 'Loading model', type: 'unavailable_error', code: 503 } } },
    status: 503,
    code: 'engine_loading',
  },
  {
    what: 'a request too large (43)',
    answer: { status: 413, body: '' },
    status: 413,
    code: 'body_too_large',
  },
  {
    what: 'a full context (13)',
    answer: {
      status: 400,
      body: { error: { message: 'request exceeds the available context size', type: 'exceed_context_size_error' } },
    },
    status: 400,
    code: 'context_length_exceeded',
  },
  {
    what: 'a model it does not have (21)',
    answer: { status: 404, body: { error: { message: 'The model `x` does not exist.', code: 404 } } },
    status: 404,
    code: 'model_not_found',
  },
  {
    what: 'a refused parameter (23)',
    answer: { status: 400, body: { error: { message: '`x` must not be empty', param: 'x' } } },
    status: 400,
    code: 'invalid_request',
  },
  {
    what: 'a stack of Python',
    answer: { status: 500, headers: { 'content-type': 'text/plain' }, body: python },
    status: 500,
    code: 'engine_error',
  },
  {
    what: 'a stack of Node in JSON',
    answer: { status: 500, body: { error: { message: node } } },
    status: 500,
    code: 'engine_error',
  },
  {
    what: 'addresses, files and keys in its words',
    answer: { status: 500, body: { error: places } },
    status: 500,
    code: 'engine_error',
  },
  {
    what: 'the same under status 200',
    answer: { body: { error: { message: places } } },
    status: 502,
    code: 'engine_error',
  },
  {
    what: 'a reset before the head (33)',
    answer: ({ req }) => void req.socket.resetAndDestroy(),
    status: 502,
    code: 'engine_unreachable',
  },
  {
    what: 'an end before the head (33)',
    answer: ({ req }) => void req.socket.destroy(),
    status: 502,
    code: 'engine_unreachable',
  },
  ...(['reset', 'close', 'mid-chunk', 'long-content-length'] as const).map((how): AnswerFault => {
    const wire = { cut: { afterEvents: 1, how } };
    return {
      what: `a whole answer that breaks off by ${how} (33)`,
      answer: { headers: json, body: '{"id":"c","choices":[', wire },
      status: 502,
      code: 'engine_',
    };
  }),
];
