import assert from 'node:assert/strict';
import { FrontWindow } from '../../../../src/gateway/windows/front-window';
import { NewsClaims } from '../../../../src/gateway/windows/news-claims';
import { Windows } from '../../../../src/gateway/windows/windows';
import { FakeClock } from '../../../helpers/fake-clock';
import { makeEvent } from '../../editor/security-facts';

describe('the window in front', () => {
  it('is nobody while no window has said anything', () => {
    assert.equal(new FrontWindow().current, undefined);
  });

  it('is the one looked at last, whatever order they say it in', () => {
    const front = new FrontWindow();

    front.focused({ id: 1 }, { window: 'a', at: 200 });
    front.focused({ id: 2 }, { window: 'b', at: 100 });
    assert.equal(front.current, 'a');

    front.focused({ id: 2 }, { window: 'b', at: 300 });
    assert.equal(front.current, 'b');
  });

  it('is one that was never looked at where there is no other', () => {
    const front = new FrontWindow();

    front.focused({ id: 1 }, { window: 'a', at: 0 });

    assert.equal(front.current, 'a');
  });

  it('is the one looked at before when the last has gone', () => {
    const front = new FrontWindow();
    front.focused({ id: 1 }, { window: 'a', at: 200 });
    front.focused({ id: 2 }, { window: 'b', at: 300 });

    front.left({ id: 2 });

    assert.equal(front.current, 'a');
  });
});

describe('news told once', () => {
  it('is told by the first window that asks', () => {
    const claims = new NewsClaims();

    assert.deepEqual([claims.claim('certificate'), claims.claim('certificate')], [true, false]);
  });

  it('forgets the oldest rather than growing without end', () => {
    const claims = new NewsClaims();
    for (let i = 0; i <= 1000; i++) claims.claim(String(i));

    assert.deepEqual([claims.claim('1000'), claims.claim('0')], [false, true]);
  });
});

describe('windows of one gateway', () => {
  const setUp = () => {
    const told: (string | undefined)[] = [];
    const clock = new FakeClock();
    const windows = new Windows({ clock, notify: (_, { window }) => told.push(window) });
    const focus = (id: number, window: string, at: number) =>
      windows.handlers['window/focused']({ window, at }, { id });
    return { told, clock, windows, focus };
  };

  it('are told who is in front when that changes, and only then', () => {
    const { told, windows, focus } = setUp();

    void focus(1, 'a', 100);
    void focus(1, 'a', 200);
    void focus(2, 'b', 300);
    windows.left({ id: 2 });
    windows.left({ id: 1 });

    assert.deepEqual(told, ['a', 'b', 'a', undefined]);
  });

  it('are all told that a change was asked for, not only the one that asked', () => {
    const { windows } = setUp();
    const opened = makeEvent({ kind: 'exposure.changed', details: { to: '0.0.0.0' } });

    assert.equal(windows.newsOf(opened, 'on').isExpected, undefined);
    windows.asked('exposure/confirm');

    assert.deepEqual(windows.newsOf(opened, 'on'), { ...opened, isExpected: true });
  });
});
