import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { request } from 'undici';
import { freePort } from '../../../scripts/lib/free-port';
import { AcmeFailure } from '../../../src/tls/acme/acme-failure';
import { HttpChallenge } from '../../../src/tls/acme/http-challenge';

const question = { domain: 'gateway.example.org', token: 'token-1', answer: 'token-1.thumbprint' };
const path = '/.well-known/acme-challenge/token-1';

describe("listener for the CA's question", () => {
  let port: number;
  let close: (() => Promise<void>) | undefined;
  beforeEach(async () => {
    port = await freePort();
    close = await new HttpChallenge(port, '127.0.0.1').answer(question, new AbortController().signal);
  });
  afterEach(async () => {
    await close?.();
  });

  const ask = async (target: string, method: 'GET' | 'HEAD' | 'POST' = 'GET') => {
    const response = await request(`http://127.0.0.1:${port}${target}`, { method });
    return { status: response.statusCode, text: await response.body.text() };
  };

  it('answers the one path that is asked for', async () => {
    assert.deepEqual(await ask(path), { status: 200, text: question.answer });
    assert.deepEqual(await ask(path, 'HEAD'), { status: 200, text: '' });
  });

  for (const other of ['/', '/v1/models', '/.well-known/acme-challenge/', `${path}/x`, `${path}?x`, `//${path}`]) {
    it(`knows nothing of ${other}`, async () => {
      assert.deepEqual(await ask(other), { status: 404, text: '' });
    });
  }

  it('takes no body', async () => {
    assert.equal((await ask(path, 'POST')).status, 404);
  });

  it('is gone once it is closed, with everybody who still holds a connection', async () => {
    await close?.();

    await assert.rejects(ask(path), /ECONNREFUSED/);
  });

  it('says which port it could not have', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const busy = (taken.address() as AddressInfo).port;

    const failing = new HttpChallenge(busy, '127.0.0.1').answer(question, new AbortController().signal);

    await assert.rejects(failing, (error) => {
      assert.ok(error instanceof AcmeFailure);
      assert.deepEqual(error.reason, { code: 'tls.acmePort', args: [busy, 'EADDRINUSE'] });
      return true;
    });
    await new Promise((resolve) => taken.close(resolve));
  });

  it('does not begin when it was stopped before', async () => {
    const stopped = new Error('stopped');

    const failing = new HttpChallenge(await freePort(), '127.0.0.1').answer(question, AbortSignal.abort(stopped));

    await assert.rejects(failing, stopped);
  });
});
