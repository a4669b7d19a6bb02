import assert from 'node:assert/strict';
import type { CannedAnswer } from '../../../helpers/engines/script';
import { before, stopAll, ways } from './dialect-support';

const html = '<html><body>Bad gateway at 10.0.0.7</body></html>';

/** Answers that are none (ENGINES scenarios 27, 33, 35, 36), and the status a client then sees. */
const faults: readonly (readonly [string, CannedAnswer, number])[] = [
  ['an HTML page as success', { status: 200, headers: { 'content-type': 'text/html' }, body: html }, 502],
  ['an HTML page as failure', { status: 502, headers: { 'content-type': 'text/html' }, body: html }, 502],
  ['an empty success', { status: 200, body: '' }, 502],
  ['an empty failure', { status: 500, body: '' }, 500],
  ['plain text', { status: 500, headers: { 'content-type': 'text/plain' }, body: 'worker died' }, 500],
  ['an error as success', { status: 200, body: { error: 'Unexpected endpoint or method. (POST /x)' } }, 404],
  [
    'half of a JSON object',
    { status: 200, headers: { 'content-type': 'application/json' }, body: '{"id":"c","cho' },
    502,
  ],
  ['a missing key', { status: 401, body: { error: 'Unauthorized' } }, 502],
  ['a full queue', { status: 503, body: { error: 'server busy' } }, 503],
];

/** JSON, but no answer of the route: seen only where FLM reads it. */
const strangers: readonly (readonly [string, CannedAnswer, number])[] = [
  ['a list', { status: 200, body: { object: 'list', data: [] } }, 502],
  ['an answer without a choice', { status: 200, body: { object: 'chat.completion', choices: [] } }, 502],
];

const requests = {
  '/v1/messages': { max_tokens: 5, messages: [{ role: 'user', content: 'Hi' }] },
  '/v1/responses': { input: 'Hi' },
} as const;

describe('Faults of engines on routes of other APIs', () => {
  afterEach(stopAll);

  for (const [path, request] of Object.entries(requests)) {
    for (const way of ways) {
      for (const stream of [false, true]) {
        const cases = way === 'translated' ? [...faults, ...strangers] : faults;
        for (const [what, answer, status] of cases) {
          it(`${what}: ${path}, ${way}, ${stream ? 'streamed' : 'whole'}`, async () => {
            const answers = { '/v1/chat/completions': answer, [path]: answer };
            const { post, model, recordOf } = await before('ollama', way, { answers });

            const told = await post(path, { ...request, model, stream });
            const text = await told.text();

            assert.equal(told.status, status, text);
            const { error, type } = JSON.parse(text) as { type?: string; error: { message: string } };
            assert.equal(type, path === '/v1/messages' ? 'error' : undefined);
            assert.ok(error.message.length > 10);
            assert.doesNotMatch(text, /10\.0\.0\.7|127\.0\.0\.1/);
            assert.equal((await recordOf()).outcome, 'engine-error');
          });
        }
      }
    }
  }
});
