import assert from 'node:assert/strict';
import { Emitter } from '../../../../src/core/emitter';
import { NewsWindow } from '../../../../src/editor/alerts/news-window';
import { Windows } from '../../../../src/gateway/windows/windows';
import { FakeClock, settle } from '../../../helpers/fake-clock';
import { connected } from '../editor-facts';
import { FakeGateway } from '../fake-gateway';

describe('news among windows', () => {
  let clock: FakeClock;
  let open: { readonly gateway: FakeGateway; readonly window: NewsWindow; focus(isFocused: boolean): void }[];
  let windows: Windows;

  beforeEach(() => {
    clock = new FakeClock();
    open = [];
    startGateway();
  });
  afterEach(() => open.forEach(({ window }) => window.dispose()));

  /** Each window hears of the front as its connection tells it. */
  function startGateway(): void {
    windows = new Windows({
      clock,
      notify: (_, { window }) => {
        for (const { gateway } of open)
          gateway.setStatus(connected(window === undefined ? {} : { frontWindow: window }));
      },
    });
  }

  function openWindow(id: string, isFocused: boolean) {
    const peer = { id: open.length + 1 };
    const gateway = new FakeGateway({
      'window/focused': (params) => windows.handlers['window/focused'](params, peer),
      'news/claim': (params) => windows.handlers['news/claim'](params, peer),
    });
    gateway.status = { phase: 'connecting' };
    const changes = new Emitter<void>();
    const focus = { isFocused, onDidChange: changes.event };
    const window = new NewsWindow(id, gateway, focus, clock);
    const one = {
      gateway,
      window,
      focus: (value: boolean) => {
        focus.isFocused = value;
        clock.advance(1);
        changes.fire();
      },
    };
    open.push(one);
    window.start();
    clock.advance(1);
    gateway.setStatus(connected(windows.front === undefined ? {} : { frontWindow: windows.front }));
    return one;
  }

  const inFront = () => open.map(({ window }) => window.isInFront);

  it('is told in the focused window alone', async () => {
    openWindow('a', false);
    openWindow('b', true);
    await settle();

    assert.deepEqual(inFront(), [false, true]);
  });

  it('is told in the last active window while none is focused', async () => {
    const a = openWindow('a', true);
    const b = openWindow('b', false);
    await settle();

    a.focus(false);
    b.focus(true);
    b.focus(false);
    await settle();

    assert.deepEqual(inFront(), [false, true]);
  });

  it('follows the focus', async () => {
    const a = openWindow('a', true);
    const b = openWindow('b', false);
    a.focus(false);
    b.focus(true);
    b.focus(false);
    a.focus(true);
    await settle();

    assert.deepEqual(inFront(), [true, false]);
  });

  it('keeps its place over a change of the gateway', async () => {
    const a = openWindow('a', true);
    const b = openWindow('b', false);
    a.focus(false);
    b.focus(true);
    await settle();

    startGateway();
    for (const { gateway } of open) gateway.setStatus({ phase: 'connecting' });
    for (const { gateway } of open) gateway.setStatus(connected());
    await settle();

    assert.deepEqual(inFront(), [false, true]);
  });

  it('is told in every window by a gateway that keeps no order', async () => {
    const gateway = new FakeGateway();
    gateway.status = { phase: 'connecting' };
    const window = new NewsWindow('a', gateway, { isFocused: false, onDidChange: new Emitter<void>().event }, clock);
    window.start();
    gateway.setStatus(connected());
    await settle();

    assert.equal(window.isInFront, true);
    assert.equal(await window.claim('certificate'), true);
    window.dispose();
  });

  it('is told once, by the first window that claims it', async () => {
    const a = openWindow('a', true);
    const b = openWindow('b', false);

    assert.equal(await a.window.claim('certificate-ends 1'), true);
    assert.equal(await b.window.claim('certificate-ends 1'), false);
    assert.equal(await b.window.claim('certificate-ends 2'), true);
  });
});
