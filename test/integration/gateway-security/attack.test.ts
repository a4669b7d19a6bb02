import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { startOpenAiCompatible, type OpenAiCompatibleSimulator } from '../../helpers/engines/openai-compatible';
import { chat, HeadlessGateway, patienceMs } from '../../helpers/headless-gateway';
import { sendRaw } from '../../helpers/proxy-harness';
import { builtGateway } from '../gateway/built-gateway';

const honest = '203.0.113.10';
const guesser = '198.51.100.1';
const stale = '198.51.100.2';
const scanner = '198.51.100.3';
const flooder = '198.51.100.4';
const eager = '198.51.100.5';
const slow = '198.51.100.6';
const malformed = '198.51.100.7';
const banned = '198.51.100.8';

const minute = 60_000;
const tokens = 20;
const chatPath = '/v1/chat/completions';

const scannerPaths = [
  '/', '/robots.txt', '/.env', '/login', '/wp-login.php', '/index.php?id=1%27%20union%20select%201,2--', '/api/users',
  '/.git/config', '/cgi-bin/test.cgi', '/..%2f..%2f..%2fetc/passwd', '/phpmyadmin/', '/actuator/env', '/server-status',
  '/backup.zip', '/shell.php?cmd=cat%20/etc/passwd', '/admin', '/console', '/owa/', '/HNAP1', '/.aws/credentials',
  '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php', '/solr/', '/boaform/admin/formLogin', '/config.json', '/old',
]; // prettier-ignore

describe('an attack on a shared gateway', function () {
  this.timeout(90_000);
  let engine: OpenAiCompatibleSimulator;
  let gateway: HeadlessGateway;
  let secret: string;
  let streams: Promise<number>;
  let isOver = false;
  const policy = { mode: 'enforce', trustedProxies: ['127.0.0.1'] };

  before(async () => {
    await builtGateway();
    engine = await startOpenAiCompatible({
      reply: { text: Array.from({ length: tokens }, (_, n) => `t${n} `) },
      timing: { tokenMs: 20 },
    });
    gateway = await HeadlessGateway.start({ engineUrl: engine.url, settings: { 'timeouts.uploadSeconds': 3 } });
    await gateway.setPolicy(policy);
    ({ secret } = await gateway.createKey('colleague'));
    streams = honestStreams();
    streams.catch(() => undefined); // asked for at the end
  });
  after(async () => {
    isOver = true;
    await gateway.dispose();
    await engine.stop();
  });

  /** Streams one answer after the other until the attack is over; rejects at the first that is not whole. */
  async function honestStreams(): Promise<number> {
    const prompt = "Explain ' OR 1=1 --, ../../etc/passwd and <script>alert(1)</script>";
    const body = chat(undefined, { stream: true, messages: [{ role: 'user', content: prompt }] });
    for (let count = 0; ; count++) {
      if (isOver) return count;
      const { status, text } = await gateway.call(chatPath, { key: secret, from: honest, body });
      assert.equal(status, 200, text);
      assert.equal(text.match(/"content":"t\d+ "/g)?.length, tokens, text);
      assert.match(text, /\[DONE\]/);
    }
  }

  const blockOf = async (address: string) =>
    (await gateway.request('blocks/list', {})).blocks.find(({ range }) => range === address);
  const models = (from: string, key?: string) =>
    gateway.call('/v1/models', { from, ...(key !== undefined && { key }) });

  it('blocks who guesses keys, after five different ones, for half an hour', async () => {
    for (let guess = 1; guess <= 5; guess++) {
      assert.equal(await blockOf(guesser), undefined);
      assert.equal((await models(guesser, `flm-guess-${guess}`)).status, 401);
    }

    const block = await blockOf(guesser);
    const refused = await models(guesser);

    assert.deepEqual([block?.source, block?.rule], ['auto', 'auth-guessing']);
    assert.equal(Math.round(((block?.expiresAt ?? 0) - (block?.createdAt ?? 0)) / minute), 30);
    assert.deepEqual([refused.status, refused.error.code], [403, 'address_blocked']);
    const retryAfter = Number(refused.headers.get('retry-after'));
    assert.ok(retryAfter > 0 && retryAfter <= 30 * 60, String(retryAfter));
    await gateway.until('people are told', () =>
      gateway.events.find(({ kind, address }) => kind === 'block.added' && address === guesser),
    );
  });

  it('lets a colleague with a valid key behind the same address work on', async () => {
    assert.equal((await models(guesser, secret)).status, 200);
    assert.equal((await models(guesser, 'flm-guess-6')).status, 403);
  });

  it('an unblock works at once, and the score begins anew', async () => {
    assert.equal(await gateway.request('blocks/remove', { range: guesser }), true);

    assert.equal((await models(guesser)).error.code, 'key_missing');
    for (let guess = 7; guess <= 10; guess++) assert.equal((await models(guesser, `flm-guess-${guess}`)).status, 401);
    assert.equal(await blockOf(guesser), undefined);
    assert.equal((await models(guesser, 'flm-guess-11')).status, 401);
    assert.ok((await blockOf(guesser)) !== undefined);
  });

  it('does not block a tool that repeats one stale key', async () => {
    for (let call = 0; call < 40; call++) {
      assert.equal((await models(stale, 'sk-stale-key-of-yesterday')).error.code, 'key_invalid');
    }
    assert.equal(await blockOf(stale), undefined);
  });

  it('blocks a scan of paths within 25 requests, with no tell which were traps', async () => {
    const answers: { readonly status: number; readonly code: string | undefined }[] = [];
    for (const path of scannerPaths) {
      const { status, error } = await gateway.call(path, { from: scanner });
      answers.push({ status, code: error.code });
      if (error.code === 'address_blocked') break;
    }

    assert.ok((await blockOf(scanner)) !== undefined, JSON.stringify(answers));
    assert.ok(answers.length <= 25);
    assert.equal((await models(scanner)).error.code, 'address_blocked');
  });

  it('answers a flood with a key by 429 and never blocks it; one without a key is blocked', async () => {
    await gateway.setPolicy({
      ...policy,
      anomaly: { requestsPerSecond: 8, windowsBeforeScoring: 1, ratePoints: 60 },
      scoring: { perRequest: 60, perCategory: 200 },
    });
    const volley = (from: string, key?: string) => Promise.all(Array.from({ length: 40 }, () => models(from, key)));

    const limited = await gateway.until('the first 429', async () =>
      (await volley(eager, secret)).find(({ status }) => status === 429),
    );
    await gateway.until('the flood is blocked', async () =>
      (await volley(flooder)).some(({ error }) => error.code === 'address_blocked') ? true : undefined,
    );

    assert.equal(limited.error.code, 'rate_limited');
    assert.ok(Number(limited.headers.get('retry-after')) >= 1);
    assert.equal((await blockOf(flooder))?.rule, 'anomaly');
    for (let round = 0; round < 3; round++) await volley(eager, secret);
    assert.equal(await blockOf(eager), undefined);
    await gateway.setPolicy(policy);
  });

  it('ends uploads that trickle, and connections that say nothing whole', async () => {
    const head = `POST ${chatPath} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-forwarded-for: ${slow}\r\n`;
    const upload = `${head}authorization: Bearer ${secret}\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{"mod`;
    const held = [upload, upload, head, head, 'GET /v1/mod'].map((text) => hold(gateway.port, text));

    const answers = await Promise.all(held);

    assert.match(answers[0] ?? '', /^HTTP\/1\.1 408[\s\S]*request_timeout/);
    assert.match(answers[2] ?? '', /^HTTP\/1\.1 408/);
    const rows = await gateway.audit({ address: slow, kinds: ['detection.anomaly'] });
    assert.ok(
      rows.some(({ rule }) => rule === 'anomaly.slow-upload'),
      JSON.stringify(rows),
    );
  });

  it('counts bytes that are no HTTP, and blocks nobody on this machine for them', async () => {
    for (const bytes of [
      'NONSENSE\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      '\u0016\u0003\u0001\u0002\u0000\u0001',
      'GET\r\n\r\n',
    ]) {
      await sendRaw(gateway.port, bytes, patienceMs);
    }
    await gateway.call('/%c0%ae%c0%ae/%ff', { from: malformed });

    assert.ok((await gateway.audit({ kinds: ['detection.malformed'] })).some(({ address }) => address === '127.0.0.1'));
    assert.ok((await gateway.audit({ address: malformed })).some(({ kind }) => kind.startsWith('detection.')));
    assert.equal(await blockOf(malformed), undefined);
    assert.equal((await gateway.call('/v1/models')).status, 200);
  });

  it('never blocks loopback, whatever comes from there', async () => {
    await Promise.all(scannerPaths.map((path) => gateway.call(path)));
    for (let guess = 0; guess < 25; guess++) await gateway.call('/v1/models', { key: `flm-guess-${guess}` });
    for (const from of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      for (let guess = 0; guess < 6; guess++) await models(from, `flm-guess-${guess}`);
    }

    assert.equal((await gateway.call('/v1/models')).status, 200);
    const { blocks } = await gateway.request('blocks/list', {});
    assert.ok(!blocks.some(({ range }) => range.startsWith('127.') || range.startsWith('::')));
  });

  it('holds a block made by a person for valid keys too, in the very next request', async () => {
    assert.equal((await models(banned, secret)).status, 200);
    await gateway.request('blocks/add', { range: `${banned}/32` });

    assert.equal((await models(banned, secret)).error.code, 'address_blocked');

    await gateway.request('blocks/remove', { range: banned });
    assert.equal((await models(banned, secret)).status, 200);
  });

  it('left the honest client alone: every stream whole, no word about it in the log', async () => {
    isOver = true;

    assert.ok((await streams) > 0);
    const rows = await gateway.audit({ address: honest });
    assert.deepEqual([...new Set(rows.map(({ kind }) => kind))], ['auth.success']);
  });

  it('is recorded in full, and the record holds', async () => {
    const added = (await gateway.audit({ kinds: ['block.added'] })).map(({ address }) => address);
    for (const address of [guesser, scanner, flooder, banned]) assert.ok(added.includes(address), address);
    const lifted = await gateway.audit({ kinds: ['block.removed'] });
    assert.deepEqual(lifted.map(({ address }) => address).sort(), [guesser, banned].sort());
    // Eleven guesses, the one from behind the block included.
    assert.equal((await gateway.audit({ address: guesser, kinds: ['auth.failure'] })).length, 11);
    const refused = await gateway.request('access/query', { address: scanner, outcomes: ['refused'], limit: 100 });
    assert.ok(refused.rows.some(({ errorCode }) => errorCode === 'address_blocked'));

    const result = await gateway.request('audit/verify', { archives: true });
    assert.deepEqual([result.ok, result.firstBad, result.gaps], [true, undefined, []]);
  });

  it('stays blocked after a restart', async () => {
    await gateway.restart();

    for (const address of [guesser, scanner, flooder]) {
      assert.equal((await models(address)).error.code, 'address_blocked', address);
    }
    assert.equal((await models(honest, secret)).status, 200);
  });
});

/** Sends a beginning and never the rest; resolves with what came back when the other side closes. */
async function hold(port: number, text: string): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('error', () => undefined);
  socket.setEncoding('utf8').on('data', (part: string) => (received += part));
  socket.write(text);
  const timer = setTimeout(() => socket.destroy(new Error('never closed')), patienceMs);
  await once(socket, 'close');
  clearTimeout(timer);
  return received;
}
