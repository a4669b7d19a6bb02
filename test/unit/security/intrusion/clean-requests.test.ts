import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CleanRequests } from '../../../../src/security/intrusion/clean-requests';
import { IntrusionDetector } from '../../../../src/security/intrusion/detector';

const route = '/v1/chat/completions';
const facts = (rawHeaders: readonly string[], target = route) => ({ method: 'POST', target, route, rawHeaders });

describe('requests that were found clean', () => {
  it('are the same whatever their length and key', () => {
    const clean = new CleanRequests();
    const first = facts(['Host', 'localhost', 'Content-Length', '12', 'Authorization', 'Bearer flm-a']);
    const second = facts(['Host', 'localhost', 'Content-Length', '99', 'Authorization', 'Bearer flm-b']);

    assert.equal(clean.describe(first), clean.describe(second));
  });

  it('are not described by their key', () => {
    const description = new CleanRequests().describe(facts(['x-api-key', 'flm-secret'])) ?? '';

    assert.match(description, /x-api-key/);
    assert.doesNotMatch(description, /secret/);
  });

  it('are not remembered when a key holds what is looked for, or a header is unknown', () => {
    const clean = new CleanRequests();

    assert.equal(clean.describe(facts(['Authorization', 'Bearer ${jndi:ldap://x}'])), undefined);
    assert.equal(clean.describe(facts(['x-own-token', 'a'])), undefined);
    assert.equal(clean.describe(facts(['content-length', '1, 2'])), undefined);
  });

  it('are bounded: the oldest is forgotten', () => {
    const clean = new CleanRequests();
    for (let i = 0; i < 1000; i++) clean.add(`request ${i}`);

    assert.equal(clean.has('request 0'), false);
    assert.equal(clean.has('request 999'), true);
  });

  it('never change a verdict (property)', () => {
    const name = fc.constantFrom(
      ...['Host', 'Content-Length', 'content-length', 'Authorization', 'x-api-key', 'Cookie', 'User-Agent'],
      ...['Accept', 'Referer', 'Content-Type', 'Transfer-Encoding', 'Range', 'x-own', 'x-stainless-lang', 'If'],
    );
    const value = fc.oneof(
      fc.constantFrom('localhost', '12', '5, 6', 'Bearer abc', '${jndi:ldap://evil/a}', '../../etc/passwd', 'sqlmap/1'),
      fc.constantFrom("' OR 1=1--", 'application/json', 'chunked', '<script>alert(1)</script>', '*/*', 'bytes=9-1'),
      fc.string({ maxLength: 40 }),
    );
    const target = fc.constantFrom(route, `${route}?q=1`, '/v1/models', '/v1/x?file=../../etc/passwd', '/?a=<script>');
    const request = fc.record({
      method: fc.constantFrom('POST', 'GET', 'TRACE'),
      target,
      route: fc.constantFrom(route, undefined),
      rawHeaders: fc.array(fc.tuple(name, value), { maxLength: 5 }).map((pairs) => pairs.flat()),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 12 }), (requests) => {
        const used = new IntrusionDetector();
        for (const each of [...requests, ...requests]) {
          assert.deepEqual(used.inspect(each), new IntrusionDetector().inspect(each));
        }
      }),
      { numRuns: 100 },
    );
  });
});
