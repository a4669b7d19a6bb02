import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { connect as tlsConnect, type ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import OpenAI from 'openai';
import { Agent, fetch as undiciFetch } from 'undici';
import { systemClock } from '../../../src/core/clock';
import { silentLogger } from '../../../src/core/logger';
import type { CertificateKeeper } from '../../../src/core/tls';
import { writeFileAtomic } from '../../../src/gateway/atomic-file';
import { createCertificateKeeper } from '../../../src/tls/main';
import { secureServerOptions } from '../../../src/tls/secure-context';
import { issueLeaf } from '../../../src/tls/self-signed/issue';
import { temporaryFolder } from '../../unit/tls/support';

const run = promisify(execFile);
const answer = { object: 'list', data: [{ id: 'tiny', object: 'model', created: 0, owned_by: 'test' }] };
const completion = {
  id: 'c',
  object: 'chat.completion',
  created: 0,
  model: 'tiny',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hello' } }],
};

describe('TLS with the local CA', function () {
  this.timeout(30_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let keeper: CertificateKeeper;
  let server: Server;
  const sockets = new Set<Socket>();
  let port: number;

  before(async () => {
    folder = await temporaryFolder();
    keeper = createCertificateKeeper({
      folder: folder.path,
      clock: systemClock,
      logger: silentLogger,
      writeFile: writeFileAtomic,
    });
    await keeper.start({ mode: 'self-signed' }, ['192.168.1.20']);
    server = createServer(secureServerOptions(keeper.material()!), (request, response) => {
      request.resume();
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.method === 'POST' ? completion : answer));
    });
    server.on('connection', (socket: Socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await keeper.stop();
    await folder.remove();
  });

  const ca = () => keeper.caCertificate()!;

  for (const host of ['localhost', '127.0.0.1']) {
    it(`is trusted by the openai SDK at ${host}`, async () => {
      const dispatcher = new Agent({ connect: { ca: ca() } });
      const client = new OpenAI({
        baseURL: `https://${host}:${port}/v1`,
        apiKey: 'none',
        maxRetries: 0,
        fetch: undiciFetch as unknown as typeof fetch,
        fetchOptions: { dispatcher } as never,
      });

      const models = await client.models.list();
      const chat = await client.chat.completions.create({ model: 'tiny', messages: [{ role: 'user', content: 'Hi' }] });
      await dispatcher.close();

      assert.deepEqual(
        models.data.map(({ id }) => id),
        ['tiny'],
      );
      assert.equal(chat.choices[0]?.message.content, 'hello');
    });
  }

  it('is refused by the openai SDK without the CA', async () => {
    const client = new OpenAI({ baseURL: `https://127.0.0.1:${port}/v1`, apiKey: 'none', maxRetries: 0 });

    await assert.rejects(client.models.list(), (error: Error) => {
      assert.match(String((error.cause as { cause?: Error } | undefined)?.cause ?? error.cause), /certificate|issuer/i);
      return true;
    });
  });

  describe('and curl', () => {
    const curl = (...args: string[]) =>
      run('curl', ['--silent', '--show-error', '--max-time', '10', '--noproxy', '*', ...args]);
    before(async function () {
      const version = await run('curl', ['--version']).catch(() => undefined);
      if (version === undefined) {
        console.log('      skipped: there is no curl');
        this.skip();
      }
    });

    it('is trusted with the exported file', async () => {
      const { stdout } = await curl('--cacert', keeper.state.caFile!, `https://localhost:${port}/v1/models`);

      assert.deepEqual(JSON.parse(stdout), answer);
    });

    it('is refused without it', async () => {
      await assert.rejects(curl(`https://localhost:${port}/v1/models`), /certificate/i);
    });

    it('is refused under a name that it is not for', async () => {
      const away = ['--resolve', `bank.example.com:${port}:127.0.0.1`];

      await assert.rejects(
        curl(...away, '--cacert', keeper.state.caFile!, `https://bank.example.com:${port}/`),
        /bank\.example\.com|match|no alternative/i,
      );
    });
  });

  async function handshake(options: ConnectionOptions): Promise<{ protocol: string | null; cipher: string }> {
    const socket = tlsConnect({ host: '127.0.0.1', port, ca: ca(), ...options });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('secureConnect', resolve);
        socket.once('error', reject);
      });
      return { protocol: socket.getProtocol(), cipher: socket.getCipher().name };
    } finally {
      socket.destroy();
    }
  }
  const old = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

  it('speaks TLS 1.3, and 1.2 with whom knows no better', async () => {
    assert.equal((await handshake({})).protocol, 'TLSv1.3');
    assert.equal((await handshake({ maxVersion: 'TLSv1.2' })).protocol, 'TLSv1.2');
  });

  for (const maxVersion of ['TLSv1.1', 'TLSv1'] as const) {
    it(`refuses ${maxVersion}`, async () => {
      await assert.rejects(handshake({ ...old, maxVersion }), /protocol version|unsupported protocol/i);
    });
  }

  it('refuses TLS 1.2 without forward secrecy or authenticated encryption', async () => {
    for (const ciphers of ['AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES128-SHA256']) {
      await assert.rejects(
        handshake({ maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` }),
        /handshake failure/,
      );
    }
  });

  it("chooses by the server's order", async () => {
    const { cipher } = await handshake({
      maxVersion: 'TLSv1.2',
      ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256',
    });

    assert.equal(cipher, 'ECDHE-ECDSA-AES128-GCM-SHA256');
  });

  it('keeps open connections when the certificate is exchanged', async () => {
    const dispatcher = new Agent({ connect: { ca: ca() }, connections: 1, pipelining: 1 });
    const ask = async (): Promise<number> => {
      const response = await undiciFetch(`https://127.0.0.1:${port}/v1/models`, { dispatcher });
      await response.arrayBuffer();
      return response.status;
    };
    await ask();
    const before = sockets.size;

    await keeper.renew();
    server.setSecureContext(secureServerOptions(keeper.material()!));
    const status = await ask();
    await dispatcher.close();

    assert.equal(status, 200);
    assert.equal(sockets.size, before, 'over the same connection');
    assert.equal((await handshake({})).protocol, 'TLSv1.3');
  });

  it('cannot vouch for a public name, even with its key in the wrong hands', async () => {
    const stolen = await readFile(join(folder.path, 'tls', 'local-ca.pem'), 'utf8');
    const forged = await issueLeaf(
      { key: stolen, certificate: new X509Certificate(ca()) },
      { dns: ['bank.example.com'], addresses: [] },
      Date.now(),
    );
    const evil = createServer(secureServerOptions(forged), (_request, response) => response.end('money'));
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    const at = (evil.address() as AddressInfo).port;

    await assert.rejects(
      handshake({ port: at, servername: 'bank.example.com' }),
      /permitted subtree violation|excluded|name constraint/i,
    );
    await new Promise((resolve) => evil.close(resolve));
  });
});
