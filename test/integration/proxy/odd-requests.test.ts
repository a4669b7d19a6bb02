import assert from 'node:assert/strict';
import { maxHeaderFields } from '../../../src/proxy/server-limits';
import { sendRaw, startProxy, type Harness } from '../../helpers/proxy-harness';
import type { RequestFacts } from '../../../src/core/request';

/** Requests that only somebody sends who looks for a way around the entrance. */
describe('odd requests', () => {
  let harness: Harness;
  let asked: RequestFacts[];

  beforeEach(async () => {
    asked = [];
    harness = await startProxy({
      gate: { admit: (facts) => (asked.push(facts), { ok: true, identity: { type: 'local' } }) },
    });
  });
  afterEach(() => harness.stop());

  const get = (headers: string) =>
    sendRaw(harness.port, `GET /health HTTP/1.1\r\nHost: localhost\r\n${headers}Connection: close\r\n\r\n`);
  const fields = (count: number) => Array.from({ length: count }, (_, n) => `a${n}: x\r\n`).join('');

  it("with so many headers that a proxy's own might be lost are refused and reported", async () => {
    for (const count of [maxHeaderFields, 1100, 2100]) {
      assert.match(await get(`${fields(count)}X-Forwarded-For: 203.0.113.9\r\n`), /^HTTP\/1\.1 431 /);
    }
    assert.deepEqual(asked, []);
    assert.deepEqual(
      harness.events.filter(({ type }) => type === 'malformed'),
      Array(3).fill({ type: 'malformed', address: '127.0.0.1', reason: 'too many headers' }),
    );
  });

  it('with as many headers as can be read whole are taken, the last one seen', async () => {
    const besides = ['Host', 'X-Forwarded-For', 'Connection'].length;

    const answer = await get(`${fields(maxHeaderFields - 1 - besides)}X-Forwarded-For: 203.0.113.9\r\n`);

    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.deepEqual(
      asked.map(({ isDirectLocal }) => isDirectLocal),
      [false],
    );
  });

  it('for a route with a fragment, which no client sends, find nothing there', async () => {
    const answer = await sendRaw(
      harness.port,
      'GET /health#x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );

    assert.match(answer, /^HTTP\/1\.1 404 /);
    assert.deepEqual(
      asked.map(({ route }) => route),
      [undefined],
    );
  });

  it('that expect something unknown pass the entrance like all others', async () => {
    const answer = await sendRaw(
      harness.port,
      'GET /health HTTP/1.1\r\nHost: evil.example\r\nExpect: something\r\nConnection: close\r\n\r\n',
    );

    assert.match(answer, /^HTTP\/1\.1 403 /);
    assert.match(answer, /host_not_allowed/);
  });
});
