import assert from 'node:assert/strict';
import fc from 'fast-check';
import { answerHeadersFrom, requestHeadersFor } from '../../../src/proxy/upstream-headers';

function names(flat: readonly string[]): string[] {
  return flat.filter((_, index) => index % 2 === 0);
}

function valueOf(flat: readonly string[], name: string): string | undefined {
  const at = names(flat).indexOf(name);
  return at === -1 ? undefined : flat[at * 2 + 1];
}

const secret = [
  'Authorization',
  'X-Api-Key',
  'api-key',
  'Cookie',
  'Origin',
  'Referer',
  'Sec-Fetch-Site',
  'Sec-WebSocket-Key',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'Forwarded',
  'Via',
  'X-Real-IP',
  'CF-Connecting-IP',
  'X-Conversation-Id',
  'Proxy-Authorization',
  'Access-Control-Request-Method',
  'Expect',
  'Transfer-Encoding',
  'Upgrade',
  'TE',
  'Keep-Alive',
];
const anyCase = (name: string) =>
  fc.array(fc.boolean(), { minLength: name.length, maxLength: name.length }).map((upper) =>
    Array.from(name)
      .map((char, i) => (upper[i] ? char.toUpperCase() : char.toLowerCase()))
      .join(''),
  );

describe('requestHeadersFor', () => {
  it('never passes on what belongs to the client, the browser or the connection', () => {
    const name = fc.constantFrom(...secret).chain(anyCase);
    fc.assert(
      fc.property(fc.array(name), (list) => {
        const raw = list.flatMap((each) => [each, 'secret']);

        assert.ok(!requestHeadersFor(raw, 'engine:1', undefined).includes('secret'));
      }),
    );
  });

  it('drops what the Connection header names', () => {
    const raw = [
      'Connection',
      'close, X-Private',
      'x-private',
      '1',
      'Connection',
      'X-Other',
      'X-Other',
      '2',
      'X-Kept',
      '3',
    ];

    const sent = requestHeadersFor(raw, 'engine:1', undefined);

    assert.equal(valueOf(sent, 'x-private'), undefined);
    assert.equal(valueOf(sent, 'x-other'), undefined);
    assert.equal(valueOf(sent, 'x-kept'), '3');
  });

  it('cannot be talked out of our own headers by the Connection header', () => {
    const sent = requestHeadersFor(['Connection', 'authorization, host, content-type'], 'engine:1', 'k');

    assert.equal(valueOf(sent, 'host'), 'engine:1');
    assert.equal(valueOf(sent, 'authorization'), 'Bearer k');
    assert.equal(valueOf(sent, 'content-type'), 'application/json');
  });

  it('sets each of our own headers once', () => {
    const raw = ['Host', 'localhost', 'Content-Type', 'text/plain', 'Accept-Encoding', 'gzip', 'Content-Length', '5'];

    const sent = requestHeadersFor(raw, 'engine:1', undefined);

    assert.deepEqual(sent, ['host', 'engine:1', 'content-type', 'application/json', 'accept-encoding', 'identity']);
  });

  it('passes on the rest', () => {
    assert.equal(valueOf(requestHeadersFor(['User-Agent', 'x'], 'e', undefined), 'user-agent'), 'x');
    assert.equal(valueOf(requestHeadersFor(['traceparent', 't'], 'e', undefined), 'traceparent'), 't');
  });
});

describe('answerHeadersFrom', () => {
  it('drops cookies, CORS, server, framing and connection headers of the engine', () => {
    const passed = answerHeadersFrom({
      'set-cookie': ['a=1', 'b=2'],
      'access-control-allow-origin': '*',
      server: 'uvicorn',
      date: 'now',
      'content-length': '3',
      'content-encoding': 'gzip',
      'transfer-encoding': 'chunked',
      connection: 'keep-alive, x-hop',
      'x-hop': '1',
      'keep-alive': 'timeout=5',
      'x-flm-gateway': 'fake',
      'www-authenticate': 'Basic',
      'x-ratelimit-remaining': '7',
      'x-list': ['1', '2'],
    });

    assert.deepEqual(passed, ['x-ratelimit-remaining', '7', 'x-list', '1', 'x-list', '2']);
  });

  it('drops what an engine would tell a browser to do, and what FLM says of its own', () => {
    const passed = answerHeadersFrom({
      'clear-site-data': '"*"',
      refresh: '0;url=http://evil.example',
      link: '<http://evil.example>; rel=preload',
      'service-worker-allowed': '/',
      'content-location': '/other',
      'content-disposition': 'attachment',
      'request-id': 'theirs',
      ratelimit: 'theirs',
      'ratelimit-policy': 'theirs',
      'x-should-retry': 'true',
      'retry-after': '3',
    });

    assert.deepEqual(passed, ['retry-after', '3']);
  });
});
