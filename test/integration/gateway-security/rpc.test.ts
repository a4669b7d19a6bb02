import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FlmError, type ErrorCode } from '../../../src/core/errors';
import type { GatewayRequestName } from '../../../src/protocol/gateway-rpc';
import { startOpenAiCompatible, type OpenAiCompatibleSimulator } from '../../helpers/engines/openai-compatible';
import { chat, HeadlessGateway } from '../../helpers/headless-gateway';
import { builtGateway } from '../gateway/built-gateway';

const minute = 60_000;
const hour = 60 * minute;
const fails = (code: ErrorCode, message?: RegExp) => (error: unknown) =>
  FlmError.is(error, code) && (message === undefined || message.test(error.message));

describe('security requests over the pipe', function () {
  this.timeout(60_000);
  let engine: OpenAiCompatibleSimulator;
  let gateway: HeadlessGateway;

  before(async () => {
    await builtGateway();
    engine = await startOpenAiCompatible();
    gateway = await HeadlessGateway.start({ engineUrl: engine.url });
  });
  after(async () => {
    await gateway.dispose();
    await engine.stop();
  });

  describe('keys', () => {
    it('are created, listed without a secret, and stored only as a hash', async () => {
      const scope = { models: ['sim/*'], routes: ['/v1/models'], requestsPerMinute: 5, addresses: ['10.1.2.3/8'] };
      const expiresAt = Date.now() + hour;
      const { key, secret } = await gateway.createKey('Ann', { scope, expiresAt });

      const listed = (await gateway.request('keys/list', {})).find(({ id }) => id === key.id);

      assert.match(secret, new RegExp(`^flm-${key.id}-[\\w-]{43}$`));
      assert.deepEqual(listed, key);
      assert.deepEqual(listed.scope, { ...scope, addresses: ['10.0.0.0/8'] });
      assert.equal(listed.expiresAt, expiresAt);
      const told = JSON.stringify([listed, gateway.summaries, gateway.events, await gateway.audit()]);
      assert.ok(!told.includes(secret.slice(17)) && !/"secretHash"/.test(told));
    });

    it('are changed as a whole or not at all', async () => {
      const { key } = await gateway.createKey('before', { expiresAt: Date.now() + hour });

      await assert.rejects(
        gateway.request('keys/change', { id: key.id, label: 'after', scope: { addresses: ['nowhere'] } }),
        fails('config_invalid', /nowhere/),
      );
      const changed = await gateway.request('keys/change', {
        id: key.id,
        label: 'after',
        scope: { tokensPerDay: 9 },
        expiresAt: null,
      });

      assert.deepEqual([changed.label, changed.scope, changed.expiresAt], ['after', { tokensPerDay: 9 }, undefined]);
    });

    it('are revoked for good', async () => {
      const { key, secret } = await gateway.createKey('gone');

      const revoked = await gateway.request('keys/revoke', { id: key.id });
      const answer = await gateway.call('/v1/models', { key: secret });

      assert.ok(revoked.revokedAt !== undefined);
      assert.deepEqual([answer.status, answer.error.code], [401, 'key_revoked']);
      await assert.rejects(gateway.request('keys/rotate', { id: key.id, graceMinutes: 0 }), fails('config_invalid'));
    });

    it('are rotated: with grace both secrets work, without only the new one', async () => {
      const { key, secret: first } = await gateway.createKey('rotated');

      const { secret: second } = await gateway.request('keys/rotate', { id: key.id, graceMinutes: 60 });
      assert.equal((await gateway.call('/v1/models', { key: first })).status, 200);
      assert.equal((await gateway.call('/v1/models', { key: second })).status, 200);

      const { secret: third } = await gateway.request('keys/rotate', { id: key.id, graceMinutes: 0 });
      assert.equal((await gateway.call('/v1/models', { key: second })).error.code, 'key_expired');
      assert.equal((await gateway.call('/v1/models', { key: third })).status, 200);
    });

    it('leave a row each', async () => {
      const { key } = await gateway.createKey('recorded');
      await gateway.request('keys/change', { id: key.id, label: 'renamed' });
      await gateway.request('keys/rotate', { id: key.id, graceMinutes: 1 });
      await gateway.request('keys/revoke', { id: key.id });

      const rows = await gateway.audit({ keyId: key.id });

      assert.deepEqual(
        rows.map(({ kind }) => kind),
        ['key.revoked', 'key.rotated', 'key.changed', 'key.created'],
      );
    });

    it('that are not there are said so', async () => {
      await assert.rejects(gateway.request('keys/revoke', { id: 'nobody000000' }), fails('not_found'));
    });
  });

  describe('blocks', () => {
    it('are added with reason, note and end, and lifted', async () => {
      const expiresAt = Date.now() + hour;
      const block = await gateway.request('blocks/add', {
        range: '203.0.113.99/24',
        expiresAt,
        reason: 'noisy\nneighbour',
        note: 'ask Ann',
      });

      const { blocks } = await gateway.request('blocks/list', {});
      assert.deepEqual(
        blocks.find(({ range }) => range === '203.0.113.0/24'),
        block,
      );
      assert.deepEqual(
        [block.source, block.rule, block.note, block.expiresAt],
        ['manual', 'manual', 'ask Ann', expiresAt],
      );
      assert.ok(!block.reason.includes('\n'));
      assert.equal(await gateway.request('blocks/remove', { range: '203.0.113.0/24' }), true);
      assert.equal(await gateway.request('blocks/remove', { range: '203.0.113.0/24' }), false);
      assert.ok(!(await gateway.request('blocks/list', {})).blocks.some(({ range }) => range === '203.0.113.0/24'));
    });

    for (const range of ['127.0.0.1', '::1', '127.0.0.0/8', '::ffff:127.0.0.9', '0.0.0.0/0', 'everybody']) {
      it(`of ${range} are refused`, async () => {
        await assert.rejects(gateway.request('blocks/add', { range }), fails('invalid_request'));
      });
    }

    it('that already ended are refused', async () => {
      await assert.rejects(
        gateway.request('blocks/add', { range: '203.0.113.5', expiresAt: Date.now() - 1 }),
        fails('invalid_request', /expiresAt/),
      );
    });

    it('with an end are cleared together, others stay', async () => {
      await gateway.request('blocks/add', { range: '203.0.113.1', expiresAt: Date.now() + hour });
      await gateway.request('blocks/add', { range: '203.0.113.2', expiresAt: Date.now() + hour });
      await gateway.request('blocks/add', { range: '203.0.113.3' });

      assert.equal(await gateway.request('blocks/clearTemporary', {}), 2);

      const { blocks } = await gateway.request('blocks/list', {});
      assert.deepEqual(
        blocks.map(({ range }) => range),
        ['203.0.113.3'],
      );
      await gateway.request('blocks/remove', { range: '203.0.113.3' });
    });

    for (const format of ['plain', 'csv', 'json'] as const) {
      it(`are exported and imported as ${format}`, async () => {
        const ranges = ['198.51.100.0/24', '2001:db8:5::/64'];
        for (const range of ranges) await gateway.request('blocks/add', { range, reason: 'scan, "loud"' });

        const { text } = await gateway.request('blocks/export', { format });
        for (const range of ranges) await gateway.request('blocks/remove', { range });
        const report = await gateway.request('blocks/import', { text });

        assert.deepEqual([report.added, report.kept, report.refusedTotal], [2, 0, 0]);
        const { blocks } = await gateway.request('blocks/list', {});
        assert.deepEqual(blocks.map(({ range }) => range).sort(), ranges);
        assert.ok(blocks.every(({ source }) => source === 'import'));
        for (const range of ranges) await gateway.request('blocks/remove', { range });
      });
    }

    it('of a list say which lines were refused and why', async () => {
      const text = '192.0.2.7 # known\nnonsense\n127.0.0.1\n192.0.2.7\n';

      const report = await gateway.request('blocks/import', { text });

      assert.deepEqual([report.added, report.kept, report.refusedTotal], [1, 1, 2]);
      assert.deepEqual(
        report.refused.map(({ line, why }) => [line, why]),
        [
          [2, 'is no IP address or CIDR range'],
          [3, 'is this machine'],
        ],
      );
      await gateway.request('blocks/remove', { range: '192.0.2.7' });
    });

    it('give way to the allowlist until the address is taken off it', async () => {
      const entry = await gateway.request('allow/add', { range: '192.0.2.0/24', note: 'office' });

      assert.equal(entry.range, '192.0.2.0/24');
      await assert.rejects(
        gateway.request('blocks/add', { range: '192.0.2.9' }),
        fails('invalid_request', /allowlist/),
      );
      assert.equal((await gateway.request('blocks/list', {})).allowed[0]?.note, 'office');
      assert.equal(await gateway.request('allow/remove', { range: '192.0.2.0/24' }), true);
      await gateway.request('blocks/add', { range: '192.0.2.9' });
      assert.equal(await gateway.request('blocks/remove', { range: '192.0.2.9' }), true);
    });
  });

  describe('policy', () => {
    it('names every bad field and changes nothing', async () => {
      const before = await gateway.request('policy/get', {});

      const result = await gateway.request('policy/set', {
        policy: { mode: 'enforce', allowlist: ['10.0.0.0/8', 'me'], rateLimits: { slots: 0 }, colour: 'red' },
      });

      assert.ok(!result.ok);
      const fields = result.problems.map(({ field }) => field);
      for (const field of ['rateLimits.slots', 'colour']) assert.ok(fields.includes(field), fields.join());
      assert.deepEqual(await gateway.request('policy/get', {}), before);
      const meaning = await gateway.request('policy/set', { policy: { allowlist: ['me'] } });
      assert.deepEqual(meaning.ok ? [] : meaning.problems.map(({ field }) => field), ['allowlist[0]']);
    });

    it('holds at once, leaves a row and takes defaults for what it leaves out', async () => {
      await gateway.setPolicy({ mode: 'enforce', requireKeyOnLoopback: true });
      assert.equal((await gateway.call('/v1/models')).error.code, 'key_missing');

      await gateway.setPolicy({});
      assert.equal((await gateway.call('/v1/models')).status, 200);

      const { policy, defaults } = await gateway.request('policy/get', {});
      assert.deepEqual(policy, defaults);
      const rows = await gateway.audit({ kinds: ['policy.changed'] });
      assert.equal(rows[0]?.details?.['fields'], 'mode, requireKeyOnLoopback');
    });

    it('changes without cutting a running stream', async () => {
      engine.script({ reply: { text: Array.from({ length: 40 }, (_, n) => `${n} `) }, timing: { tokenMs: 20 } });
      const stream = gateway.call('/v1/chat/completions', { body: chat(undefined, { stream: true }) });
      await engine.waitForRequest(({ path }) => path === '/v1/chat/completions');

      await gateway.setPolicy({ rateLimits: { slots: 1 }, corsOrigins: ['https://app.example.org'] });
      await gateway.setPolicy({});

      const { status, text } = await stream;
      assert.equal(status, 200);
      assert.match(text, /"39 "/);
      assert.match(text, /\[DONE\]/);
      engine.script({ reply: { text: 'Hi' }, timing: {} });
    });

    it('lets web pages of its origins in as soon as it holds, and no longer than that', async () => {
      const headers = { origin: 'https://app.example.org' };
      assert.equal((await gateway.call('/v1/models', { headers })).error.code, 'origin_not_allowed');

      await gateway.setPolicy({ corsOrigins: ['https://app.example.org'] });
      await gateway.until('the origin is let in', async () => {
        const answer = await gateway.call('/v1/models', { headers });
        return answer.headers.get('access-control-allow-origin') === headers.origin ? true : undefined;
      });

      await gateway.setPolicy({});
      await gateway.until('the origin is refused again', async () =>
        (await gateway.call('/v1/models', { headers })).status === 403 ? true : undefined,
      );
    });
  });

  describe('audit', () => {
    it('is searched by kind, address, key, request and text, page by page', async () => {
      const { key, secret } = await gateway.createKey('searched');
      const answer = await gateway.call('/v1/models', { key: `${secret.slice(0, -4)}0000` });
      const requestId = answer.headers.get('x-request-id') ?? '';

      const [failure] = await gateway.audit({ requestId });
      assert.deepEqual(
        [failure?.kind, failure?.errorCode, failure?.keyId, failure?.address],
        ['auth.failure', 'key_invalid', key.id, '127.0.0.1'],
      );
      assert.ok((await gateway.audit({ kinds: ['auth.failure'] })).every(({ kind }) => kind === 'auth.failure'));
      assert.ok((await gateway.audit({ text: 'SEARCHED' })).some(({ kind }) => kind === 'key.created'));
      const first = await gateway.request('audit/query', { limit: 2 });
      const second = await gateway.request('audit/query', { limit: 2, ...(first.next && { after: first.next }) });
      assert.deepEqual(
        [...first.rows, ...second.rows].map(({ seq }) => (first.rows[0]?.seq ?? 0) - seq),
        [0, 1, 2, 3],
      );
    });

    it('holds every request in the access log, without a word of it', async () => {
      const { secret, key } = await gateway.createKey('caller');
      const body = chat(undefined, { messages: [{ role: 'user', content: 'my-private-prompt' }] });
      const answer = await gateway.call('/v1/chat/completions', { key: secret, body });
      const requestId = answer.headers.get('x-request-id') ?? '';

      const row = await gateway.until(
        'the access record',
        async () => (await gateway.request('access/query', { requestId })).rows[0],
      );

      assert.deepEqual(
        [row.status, row.outcome, row.route, row.engineId, row.modelId],
        [200, 'ok', '/v1/chat/completions', 'sim', 'local-model'],
      );
      assert.deepEqual(row.identity, { type: 'key', keyId: key.id, label: 'caller' });
      assert.ok((row.tokensIn ?? 0) > 0 && (row.tokensOut ?? 0) > 0);
      assert.ok(!JSON.stringify(row).includes('my-private-prompt'));
    });

    it('verifies', async () => {
      const result = await gateway.request('audit/verify', { archives: true });

      assert.deepEqual([result.ok, result.firstBad], [true, undefined]);
      assert.ok(result.rows > 0);
    });

    it('is exported as JSON and CSV into a private file', async () => {
      for (const [format, what] of [
        ['json', 'audit'],
        ['csv', 'access'],
      ] as const) {
        const path = join(gateway.folder, `out.${format}`);
        const result = await gateway.request('audit/export', { what, format, path, bom: true });

        assert.ok(result.rows > 0);
        assert.equal(result.bytes, statSync(path).size);
        if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600);
      }
      const rows = JSON.parse(readFileSync(join(gateway.folder, 'out.json'), 'utf8')) as unknown;
      assert.ok(JSON.stringify(rows).includes('gateway.started'));
    });

    it('says why it cannot be exported', async () => {
      const path = join(gateway.folder, 'missing', 'out.json');
      await assert.rejects(
        gateway.request('audit/export', { what: 'audit', format: 'json', path }),
        fails('storage_failed'),
      );
    });

    it('counts over time, by key and by model', async () => {
      const { secret, key } = await gateway.createKey('counted');
      await gateway.call('/v1/chat/completions', { key: secret, body: chat() });

      const statistics = await gateway.until('the request is counted', async () => {
        const found = await gateway.request('audit/statistics', {
          from: Date.now() - hour,
          to: Date.now() + minute,
          bucketMs: minute,
          top: 100,
        });
        return found.byKey.some(({ name }) => name === key.id) ? found : undefined;
      });

      const own = statistics.byKey.find(({ name }) => name === key.id);
      assert.deepEqual([own?.requests, own?.refused], [1, 0]);
      assert.ok((own?.tokensOut ?? 0) > 0);
      assert.ok(statistics.byModel.some(({ name }) => name.includes('local-model')));
    });
  });

  describe('bad parameters', () => {
    const bad: readonly (readonly [GatewayRequestName, unknown, RegExp])[] = [
      ['keys/create', {}, /label/],
      ['keys/create', { label: 'x', kind: 'golden' }, /kind/],
      ['keys/create', { label: 'x', scope: { requestsPerMinute: 0.5 } }, /requestsPerMinute/],
      ['keys/create', { label: 'x', scope: { models: [1] } }, /models/],
      ['keys/change', { label: 'x' }, /id/],
      ['keys/revoke', { id: 7 }, /id/],
      ['keys/rotate', { id: 'x', graceMinutes: -1 }, /graceMinutes/],
      ['blocks/add', { range: 'x'.repeat(200) }, /range/],
      ['blocks/add', { range: '203.0.113.7', expiresAt: 'soon' }, /expiresAt/],
      ['blocks/remove', {}, /range/],
      ['blocks/import', { text: 7 }, /text/],
      ['blocks/export', { format: 'xml' }, /format/],
      ['allow/add', { range: '' }, /range/],
      ['allow/remove', null, /range|parameters/],
      ['audit/query', { kinds: ['nonsense'] }, /kinds/],
      ['audit/query', { limit: 1001 }, /limit/],
      ['audit/query', { limit: 1.5 }, /limit/],
      ['audit/query', { after: { at: 1 } }, /seq/],
      ['access/query', { outcomes: ['fine'] }, /outcomes/],
      ['audit/statistics', { from: 0, to: 1 }, /bucketMs/],
      ['audit/verify', {}, /archives/],
      ['audit/export', { what: 'audit', format: 'csv', path: 'relative.csv' }, /path/],
    ];
    for (const [name, params, message] of bad) {
      it(`of ${name} are named: ${JSON.stringify(params).slice(0, 60)}`, async () => {
        await assert.rejects(gateway.requestAnything(name, params), fails('invalid_request', message));
      });
    }

    it('of a label that cannot be shown are named', async () => {
      await assert.rejects(gateway.createKey('a\u0007b'), fails('config_invalid', /label/));
    });
  });

  describe('altogether', () => {
    it('changes are pushed, and what may interrupt a person arrives as an event', async () => {
      const { secret } = await gateway.createKey('bait', { kind: 'decoy' });
      await gateway.request('blocks/add', { range: '203.0.113.200' });
      const answer = await gateway.call('/v1/models', { key: secret });

      assert.equal(answer.error.code, 'key_invalid');
      await gateway.until('the block is pushed', () =>
        gateway.summaries.find(({ blocks }) => blocks.some(({ range }) => range === '203.0.113.200')),
      );
      const event = await gateway.until('the alarm', () => gateway.events.find(({ kind }) => kind === 'auth.decoy'));
      assert.equal(event.severity, 'critical');
      assert.ok(gateway.events.some(({ kind, address }) => kind === 'block.added' && address === '203.0.113.200'));
      assert.ok(!gateway.events.some(({ kind }) => kind === 'key.created' || kind === 'auth.failure'));
      await gateway.request('blocks/remove', { range: '203.0.113.200' });
    });

    it('everything is there after a restart', async () => {
      const { key, secret } = await gateway.createKey('lasting', { scope: { models: ['sim/*'] } });
      const revoked = await gateway.createKey('short');
      await gateway.request('keys/revoke', { id: revoked.key.id });
      await gateway.request('blocks/add', { range: '203.0.113.77', note: 'stays' });
      await gateway.request('allow/add', { range: '192.0.2.50', note: 'friend' });
      await gateway.setPolicy({ mode: 'enforce', rateLimits: { addressPerMinute: 900 } });
      const keys = await gateway.request('keys/list', {});
      const [last] = await gateway.audit();

      await gateway.restart();

      const strip = (list: typeof keys) => list.map((one) => ({ ...one, lastUsedAt: 0 }));
      assert.deepEqual(strip(await gateway.request('keys/list', {})), strip(keys));
      assert.equal((await gateway.call('/v1/models', { key: secret })).status, 200);
      assert.equal((await gateway.call('/v1/models', { key: revoked.secret })).error.code, 'key_revoked');
      const { blocks, allowed } = await gateway.request('blocks/list', {});
      assert.ok(blocks.some(({ range, note }) => range === '203.0.113.77' && note === 'stays'));
      assert.ok(allowed.some(({ range, note }) => range === '192.0.2.50' && note === 'friend'));
      const { policy } = await gateway.request('policy/get', {});
      assert.equal((policy as { rateLimits: { addressPerMinute: number } }).rateLimits.addressPerMinute, 900);
      const rows = await gateway.audit();
      assert.deepEqual(
        rows.find(({ seq }) => seq === last?.seq),
        last,
      );
      assert.ok(rows.some(({ kind, seq }) => kind === 'gateway.stopped' && seq > (last?.seq ?? 0)));
      assert.equal((await gateway.request('audit/verify', { archives: true })).ok, true);
      assert.equal(key.label, 'lasting');
    });
  });
});
