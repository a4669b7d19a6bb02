import assert from 'node:assert/strict';
import { silentLogger } from '../../../src/core/logger';
import type { DatabaseHostApi, OpenReport, RunningHost } from '../../../src/storage/database-host-api';
import { DatabaseLink } from '../../../src/storage/database-link';
import { FakeClock, settle } from '../../helpers/fake-clock';

class FakeHost implements RunningHost {
  readonly isSeparate: boolean;
  readonly calls: string[] = [];
  end: (error: Error) => void = () => undefined;
  /** Keeps what it takes to itself while false. */
  isWorking = true;

  constructor(isSeparate = true) {
    this.isSeparate = isSeparate;
  }

  readonly api = {
    open: () => Promise.resolve({} as OpenReport),
    apply: (batches: readonly Uint8Array[]) => {
      this.calls.push(batches.map((batch) => Buffer.from(batch).toString()).join('+'));
      return this.isWorking ? Promise.resolve(0) : new Promise<number>(() => undefined);
    },
    verify: () => {
      this.calls.push('verify');
      return Promise.resolve({ ok: true });
    },
    close: () => {
      this.calls.push('close');
      return Promise.resolve();
    },
  } as unknown as DatabaseHostApi;

  onDidEnd(listener: (error: Error) => void): void {
    this.end = listener;
  }
}

async function linkTo(...hosts: FakeHost[]) {
  const clock = new FakeClock();
  const waiting = [...hosts];
  const link = new DatabaseLink({
    clock,
    logger: silentLogger,
    startHost: () => waiting.shift() ?? assert.fail('no further host'),
    startFallback: () => assert.fail('no fallback is needed'),
    openRequest: () => ({ folder: '', secret: new Uint8Array(), isNewSecret: false, now: 0 }),
    beforeReopen: () => Promise.resolve(),
    onAvailability: () => undefined,
  });
  await link.start();
  const post = (text: string) => link.post({ first: 1, last: 1, data: Buffer.from(text) });
  return { clock, link, post };
}

describe('link to the database', () => {
  it('hands over together what came within a quarter of a second', async () => {
    const host = new FakeHost();
    const { clock, link, post } = await linkTo(host);
    post('a');
    clock.advance(200);
    post('b');
    assert.deepEqual(host.calls, []);

    clock.advance(50);
    await settle();

    assert.deepEqual(host.calls, ['a+b']);
    assert.equal(link.backlogBytes, 0);
  });

  it('hands over what was gathered before any call', async () => {
    const host = new FakeHost();
    const { link, post } = await linkTo(host);
    post('a');

    await link.call((api) => api.verify(false));

    assert.deepEqual(host.calls, ['a', 'verify']);
  });

  it('hands over at once when much has come', async () => {
    const host = new FakeHost();
    const { post } = await linkTo(host);

    post('x'.repeat(256 * 1024));

    assert.equal(host.calls.length, 1);
  });

  it('gathers nothing for a database on the thread of the requests', async () => {
    const host = new FakeHost(false);
    const { post } = await linkTo(host);

    post('a');

    assert.deepEqual(host.calls, ['a']);
  });

  it('gives to the next host what the last one did not confirm and what was gathered meanwhile, in order', async () => {
    const [first, second] = [new FakeHost(), new FakeHost()];
    const { clock, link, post } = await linkTo(first, second);
    first.isWorking = false;
    post('a');
    clock.advance(250);
    post('b');

    first.end(new Error('gone'));
    await settle();
    clock.advance(250);
    await settle();

    assert.deepEqual(second.calls, ['a', 'b']);
    assert.equal(link.backlogBytes, 0);
  });

  it('hands over the rest before it closes', async () => {
    const host = new FakeHost();
    const { clock, link, post } = await linkTo(host);
    post('a');

    await link.close();

    assert.deepEqual(host.calls, ['a', 'close']);
    assert.equal(clock.pending, 0);
  });
});
