import assert from 'node:assert/strict';
import type { AuditRow } from '../../../src/core/audit';
import { HeadlessGateway } from '../../helpers/headless-gateway';
import { builtGateway } from '../gateway/built-gateway';

const rounds = 15;
const longestLoadMs = 400;
/** Rows looked at before each change: more than come between two changes. */
const rowsSeen = 200;

/** What the gateway has answered for. */
interface Answered {
  readonly keys: Map<string, string>;
  readonly revoked: Set<string>;
  readonly blocks: Set<string>;
  readonly rows: Map<number, string>;
}

describe('a gateway killed under load', function () {
  this.timeout(150_000);
  let gateway: HeadlessGateway;
  let answered: Answered;
  let nextBlock = 0;

  before(async () => {
    await builtGateway();
    gateway = HeadlessGateway.prepare();
    answered = { keys: new Map(), revoked: new Set(), blocks: new Set(), rows: new Map() };
  });
  after(() => gateway.dispose());

  /** Runs `work` over and over until the gateway is gone. */
  async function whileItLives(isAlive: () => boolean, work: () => Promise<void>): Promise<void> {
    try {
      while (isAlive()) await work();
    } catch (error) {
      if (isAlive()) throw error; // the kill is the only thing that may cut a request short
    }
  }

  async function createKey(): Promise<void> {
    const { rows } = await gateway.request('audit/query', { limit: rowsSeen });
    const { key, secret } = await gateway.createKey(`key ${answered.keys.size}`);
    answered.keys.set(key.id, secret);
    // What had been read before an answered change lies before it on the disk.
    remember(rows);
    if (answered.keys.size % 5 !== 0) return;
    await gateway.request('keys/revoke', { id: key.id });
    answered.revoked.add(key.id);
  }

  function remember(rows: readonly AuditRow[]): void {
    for (const { seq, hash } of rows) answered.rows.set(seq, hash);
  }

  async function addBlock(): Promise<void> {
    const number = nextBlock++;
    const range = `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
    await gateway.request('blocks/add', { range, reason: 'load' });
    answered.blocks.add(range);
    if (number % 4 !== 0) return;
    answered.blocks.delete(range); // until it is answered, both are right
    await gateway.request('blocks/remove', { range });
  }

  async function loadUntilKilled(): Promise<void> {
    let isAlive = true;
    const living = () => isAlive;
    const key = (await gateway.createKey('caller')).secret;
    const load = [
      whileItLives(living, async () => {
        await gateway.call('/v1/models', { key });
      }),
      whileItLives(living, async () => {
        await gateway.call('/v1/models', { key: `flm-wrong-${Math.random()}` });
      }),
      whileItLives(living, createKey),
      whileItLives(living, addBlock),
    ];
    await new Promise((resolve) => setTimeout(resolve, Math.random() * longestLoadMs));
    isAlive = false;
    await gateway.kill();
    await Promise.all(load);
  }

  async function check(): Promise<void> {
    const verified = await gateway.request('audit/verify', { archives: true });
    assert.deepEqual([verified.ok, verified.firstBad, verified.gaps], [true, undefined, []]);

    const stored = new Map((await gateway.audit()).map((row) => [row.seq, row]));
    for (const [seq, hash] of answered.rows) assert.equal(stored.get(seq)?.hash, hash, `row ${seq}`);
    const kinds = [...stored.values()];
    assert.deepEqual(
      kinds.filter(({ kind }) => kind.startsWith('storage.')),
      [],
    );

    const keys = new Map((await gateway.request('keys/list', {})).map((key) => [key.id, key]));
    const created = new Set(kinds.filter(({ kind }) => kind === 'key.created').map(({ keyId }) => keyId));
    for (const id of answered.keys.keys()) assert.ok(keys.has(id) && created.has(id), `key ${id}`);
    for (const id of answered.revoked) assert.ok(keys.get(id)?.revokedAt !== undefined, `revoked key ${id}`);
    const last = [...answered.keys].at(-1);
    if (last !== undefined && keys.get(last[0])?.revokedAt === undefined) {
      assert.equal((await gateway.call('/v1/models', { key: last[1] })).status, 200);
    }

    const { blocks } = await gateway.request('blocks/list', {});
    const ranges = new Set(blocks.map(({ range }) => range));
    const told = new Set(kinds.filter(({ kind }) => kind === 'block.added').map(({ address }) => address));
    for (const range of answered.blocks)
      assert.deepEqual([ranges.has(range), told.has(range)], [true, true], `block ${range}`);
  }

  it(`${rounds} times at random moments keeps every key, block and row it has answered for`, async () => {
    for (let round = 0; round < rounds; round++) {
      await gateway.run();
      await check();
      await loadUntilKilled();
    }
    await gateway.run();
    await check();

    assert.ok(answered.keys.size > 0 && answered.blocks.size > 0 && answered.rows.size > 0);
  });
});
