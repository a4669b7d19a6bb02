import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { reasonText, type Reason } from '../../../src/core/reason';
import { AcmeFailure } from '../../../src/tls/acme/acme-failure';
import { AcmeTransport, acmeRequestTimeoutMs } from '../../../src/tls/acme/transport';
import { FakeClock } from '../../helpers/fake-clock';
import { makeAuthority, type TestAuthority } from '../../helpers/tls/authority';

describe('way to the ACME server', () => {
  let authority: TestAuthority;
  let server: Server;
  let transport: AcmeTransport;
  let clock: FakeClock;
  let stop: AbortController;
  let listener: RequestListener;
  let url: string;
  before(async () => {
    authority = await makeAuthority();
    server = createServer(await authority.issue([]), (request, response) => listener(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/dir`;
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  beforeEach(() => {
    clock = new FakeClock();
    stop = new AbortController();
    transport = new AcmeTransport({ clock, signal: stop.signal, host: 'ca.example.org', ca: authority.cert });
  });
  afterEach(() => transport.close());

  const answerWith = (status: number, body: string, headers: Record<string, string> = {}) => {
    listener = (request, response) => {
      request.resume();
      response.writeHead(status, { 'content-type': 'application/problem+json', ...headers }).end(body);
    };
  };
  const refused = async (
    pending = transport.request(url, 'get'),
  ): Promise<{ reason: Reason; retryAfterMs: number }> => {
    const error = await pending.then(
      () => assert.fail('it did not fail'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof AcmeFailure, String(error));
    return error;
  };

  it('gives status, headers and parsed JSON', async () => {
    answerWith(201, '{"status":"valid"}', { 'replay-nonce': 'abc' });

    const answer = await transport.request(url, 'post', { data: { payload: '' } });

    assert.equal(answer.status, 201);
    assert.equal(answer.headers['replay-nonce'], 'abc');
    assert.deepEqual(answer.data, { status: 'valid' });
    assert.equal(clock.pending, 0);
  });

  it('says what a problem document says, printable and short', async () => {
    const detail = `no\u001b[31m ${'x'.repeat(5000)}`;
    answerWith(403, JSON.stringify({ type: 'urn:ietf:params:acme:error:unauthorized', detail }));

    const { reason } = await refused();

    assert.equal(reason.code, 'tls.acmeRefused');
    assert.match(reasonText(reason), /no\\u001b\[31m x+… \(unauthorized\)$/);
    assert.ok(reasonText(reason).length < 600);
  });

  it('leaves a refused nonce to the library, which asks again', async () => {
    answerWith(400, '{"type":"urn:ietf:params:acme:error:badNonce"}');

    assert.equal((await transport.request(url, 'post', { data: {} })).status, 400);
  });

  it('reads how long to stay away, in seconds or as a date', async () => {
    answerWith(429, '{}', { 'retry-after': '120' });
    assert.equal((await refused()).retryAfterMs, 120_000);

    answerWith(503, 'busy', { 'retry-after': new Date(clock.now() + 3_600_000).toUTCString() });
    const busy = await refused();
    assert.equal(busy.reason.code, 'tls.acmeUnreachable');
    assert.equal(busy.retryAfterMs, 3_600_000);
  });

  it('follows no redirect', async () => {
    answerWith(302, '', { location: 'https://127.0.0.1/other' });

    assert.equal((await refused()).reason.code, 'tls.acmeRefused');
  });

  it('sends nothing without TLS, whatever a directory says', async () => {
    const { reason } = await refused(transport.request(url.replace('https:', 'http:'), 'get'));

    assert.match(reasonText(reason), /without TLS/);
  });

  it('stops reading an answer without end', async () => {
    listener = (_request, response) => {
      response.on('error', () => undefined);
      const chunk = Buffer.alloc(256 * 1024);
      const more = (): void => void response.write(chunk, () => (response.destroyed ? undefined : more()));
      more();
    };

    assert.match(reasonText((await refused()).reason), /larger than 1 MB/);
  });

  it('gives up on a server that is silent', async () => {
    const asked = new Promise<void>((resolve) => (listener = () => resolve()));
    const pending = refused();
    await asked;

    clock.advance(acmeRequestTimeoutMs);

    assert.match(reasonText((await pending).reason), /no answer within 30 s/);
  });

  it('ends at once when it is stopped', async () => {
    const asked = new Promise<void>((resolve) => (listener = () => resolve()));
    const pending = transport.request(url, 'get');
    await Promise.race([asked, pending]);

    stop.abort(new Error('stopped'));

    await assert.rejects(pending, /stopped/);
    assert.equal(clock.pending, 0);
  });

  it('trusts no server by itself', async () => {
    const strict = new AcmeTransport({ clock, signal: stop.signal, host: 'ca.example.org' });

    const { reason } = await refused(strict.request(url, 'get'));
    strict.close();

    assert.equal(reason.code, 'tls.acmeUnreachable');
    assert.match(reasonText(reason), /certificate/);
  });
});
