import assert from 'node:assert/strict';
import { DisposableStore } from '../../../src/core/disposable';
import { Emitter } from '../../../src/core/emitter';
import { FlmError } from '../../../src/core/errors';
import { randomId } from '../../../src/core/random-id';
import { fillTemplate, reason, reasonText } from '../../../src/core/reason';

describe('DisposableStore', () => {
  it('disposes in reverse order, once, and late additions at once', () => {
    const order: string[] = [];
    const item = (name: string) => ({ dispose: () => void order.push(name) });
    const store = new DisposableStore();
    store.add(item('first'));
    store.add(item('second'));

    store.dispose();
    store.dispose();
    store.add(item('late'));

    assert.deepEqual(order, ['second', 'first', 'late']);
  });
});

describe('Emitter', () => {
  it('reaches every listener although one throws, and none after it is disposed', () => {
    const errors: unknown[] = [];
    const heard: number[] = [];
    const emitter = new Emitter<number>((error) => errors.push(error));
    emitter.event(() => {
      throw new Error('bad listener');
    });
    const subscription = emitter.event((value) => heard.push(value));

    emitter.fire(1);
    subscription.dispose();
    emitter.fire(2);

    assert.deepEqual(heard, [1]);
    assert.equal(errors.length, 2);
  });

  it('counts the same function twice when it subscribed twice', () => {
    const emitter = new Emitter<number>();
    let calls = 0;
    const listener = () => {
      calls++;
    };
    const first = emitter.event(listener);
    emitter.event(listener);

    first.dispose();
    emitter.fire(1);

    assert.equal(calls, 1);
  });
});

describe('FlmError', () => {
  it('is told by its code, never by its message', () => {
    const error = new FlmError('rate_limited', 'slow down');

    assert.ok(FlmError.is(error, 'rate_limited'));
    assert.ok(!FlmError.is(error, 'key_invalid'));
    assert.ok(!FlmError.is(new Error('rate_limited')));
    assert.equal(error.status, 429);
  });
});

describe('reasons', () => {
  it('are put into words with their arguments', () => {
    assert.equal(reasonText(reason('engine.slow', 1700, 1500)), 'Answers slowly: 1700 ms (limit 1500 ms).');
    assert.equal(fillTemplate('{0} {1} {0}', ['a']), 'a {1} a');
  });
});

describe('randomId', () => {
  it('has the length asked for and does not repeat itself', () => {
    const ids = Array.from({ length: 500 }, () => randomId(24));

    assert.equal(new Set(ids).size, 500);
    for (const id of ids) assert.match(id, /^[0-9a-z]{24}$/);
  });
});
