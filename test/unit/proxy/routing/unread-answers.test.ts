import assert from 'node:assert/strict';
import { UnreadAnswers } from '../../../../src/proxy/routing/unread-answers';
import type { UpstreamCall } from '../../../../src/proxy/upstream-call';
import { FakeClock } from '../../../helpers/fake-clock';

function call() {
  const seen = { aborts: 0, resumes: 0 };
  const fake = { abort: () => seen.aborts++, resume: () => seen.resumes++ };
  return { seen, upstream: fake as unknown as UpstreamCall };
}

describe('an answer that is read to its end for nobody', () => {
  it('ends with the engine’s own end, and nothing is cut', () => {
    const clock = new FakeClock();
    const { seen, upstream } = call();
    let done = 0;
    const listener = new UnreadAnswers(clock).drain(upstream, () => done++);
    listener.chunk(Buffer.alloc(1000));

    listener.end();
    clock.advance(1e9);

    assert.deepEqual([done, seen.aborts, seen.resumes], [1, 0, 1]);
  });

  it('is cut after two minutes', () => {
    const clock = new FakeClock();
    const { seen, upstream } = call();
    let done = 0;
    new UnreadAnswers(clock).drain(upstream, () => done++);

    clock.advance(119_999);
    assert.equal(done, 0);
    clock.advance(1);

    assert.deepEqual([done, seen.aborts], [1, 1]);
  });

  it('is cut after 64 MiB, once', () => {
    const { seen, upstream } = call();
    let done = 0;
    const listener = new UnreadAnswers(new FakeClock()).drain(upstream, () => done++);
    const mebi = Buffer.alloc(1024 * 1024);

    for (let i = 0; i < 64; i++) listener.chunk(mebi);
    assert.equal(done, 0);
    listener.chunk(mebi);
    listener.failed(new Error('late'));

    assert.deepEqual([done, seen.aborts], [1, 1]);
  });
});

describe('a model that goes on loading', () => {
  it('stops at the first byte: nothing is generated for nobody', () => {
    const clock = new FakeClock();
    const { seen, upstream } = call();
    const listener = new UnreadAnswers(clock).loadThrough('ollama/m', upstream, 300_000, () => false);
    clock.advance(100_000);
    assert.equal(seen.aborts, 0);

    listener?.head(200, {});

    assert.deepEqual([seen.aborts, clock.pending], [1, 0]);
  });

  it('stops as soon as the engine says that the model is loaded', () => {
    const clock = new FakeClock();
    const { seen, upstream } = call();
    let isLoaded = false;
    new UnreadAnswers(clock).loadThrough('ollama/m', upstream, 300_000, () => isLoaded);
    clock.advance(5000);
    isLoaded = true;

    clock.advance(1000);

    assert.deepEqual([seen.aborts, clock.pending], [1, 0]);
  });

  it('stops after the longest time', () => {
    const clock = new FakeClock();
    const { seen, upstream } = call();
    new UnreadAnswers(clock).loadThrough('ollama/m', upstream, 10_000, () => false);

    clock.advance(10_000);

    assert.deepEqual([seen.aborts, clock.pending], [1, 0]);
  });

  it('is loaded by one request at a time, and few models at once', () => {
    const unread = new UnreadAnswers(new FakeClock());
    const load = (model: string) => unread.loadThrough(model, call().upstream, 10_000, () => false);
    const first = load('m1');
    assert.equal(load('m1'), undefined);
    for (const model of ['m2', 'm3', 'm4']) assert.ok(load(model));
    assert.equal(load('m5'), undefined);

    first?.end();

    assert.ok(load('m1'));
  });
});
