import assert from 'node:assert/strict';
import { VisitQueue } from '../../../src/engines/visit-queue';
import { settle } from '../../helpers/fake-clock';

class Visits {
  readonly seen: string[] = [];
  readonly errors: unknown[] = [];
  readonly #ends: (() => void)[] = [];
  readonly queue = new VisitQueue(
    (url, isForced) => {
      this.seen.push(isForced ? `${url} forced` : url);
      return new Promise((resolve) => this.#ends.push(resolve));
    },
    (_url, error) => this.errors.push(error),
  );

  async endAll(): Promise<void> {
    for (let end = this.#ends.shift(); end !== undefined; end = this.#ends.shift()) {
      end();
      await settle();
    }
  }
}

describe('visit queue', () => {
  it('joins visits of one address and runs those of several side by side', async () => {
    const visits = new Visits();

    const all = [visits.queue.run('a', false), visits.queue.run('a', false), visits.queue.run('b', false)];
    await settle();

    assert.deepEqual(visits.seen, ['a', 'b']);
    await visits.endAll();
    await Promise.all(all);
  });

  it('looks again after a visit that began before the wish for a full look', async () => {
    const visits = new Visits();
    void visits.queue.run('a', false);
    await settle();

    const forced = visits.queue.run('a', true);
    await visits.endAll();
    await forced;

    assert.deepEqual(visits.seen, ['a', 'a forced']);
  });

  it('loses no wish that comes just as a visit ends', async () => {
    const visits = new Visits();
    const first = visits.queue.run('a', false);
    await settle();
    let isAsked = false;
    const asking = (async () => {
      // Asks in every microtask around the end of the first visit until one is taken.
      for (let turn = 0; turn < 20; turn++) {
        await Promise.resolve();
        if (turn === 3) {
          isAsked = true;
          void visits.queue.run('a', true);
        }
      }
    })();

    const ending = visits.endAll();
    await Promise.all([first, asking]);
    await settle();
    await visits.endAll();
    await ending;

    assert.equal(isAsked, true);
    assert.deepEqual(visits.seen, ['a', 'a forced']);
  });

  it('reports a visit that fails and goes on', async () => {
    const errors: unknown[] = [];
    let isFailing = true;
    const queue = new VisitQueue(
      async () => {
        if (isFailing) throw new Error('broken');
      },
      (_url, error) => errors.push(error),
    );

    await queue.run('a', false);
    isFailing = false;
    await queue.run('a', false);

    assert.equal(errors.length, 1);
    assert.equal(queue.isRunning('a'), false);
  });
});
