import type { Rehearsal } from '../../../src/core/rehearsal';
import { reason } from '../../../src/core/reason';
import { FakeGateway } from './fake-gateway';
import { PanelBrowser, type PanelOptions, type PanelWindow } from './panel-browser';
import { busySharing, makeBlock, makeKey, makeRows, makeState, traffic } from './sample-data';

/** One browser for a file's tests, one page for each: `usePanel()` inside `describe`. */
export function usePanel(): {
  open(gateway: FakeGateway, options?: PanelOptions): Promise<PanelWindow>;
} {
  let browser: PanelBrowser | undefined;
  const windows: PanelWindow[] = [];
  before(async function () {
    this.timeout(120_000);
    browser = await PanelBrowser.start();
  });
  afterEach(async () => {
    await Promise.all(windows.splice(0).map((window) => window.close()));
  });
  after(async () => {
    await browser?.stop();
  });
  return {
    open: async (gateway, options) => {
      const window = await browser!.open(gateway, options);
      windows.push(window);
      return window;
    },
  };
}

/** A gateway in the middle of an ordinary day: two keys, three blocks, a few thousand events. */
export function busyGateway(): FakeGateway {
  const gateway = new FakeGateway(makeState({ sharing: busySharing() }));
  gateway.keys = [makeKey(), makeKey({ id: 'decoy0000001', label: 'in .env.example', kind: 'decoy', scope: {} })];
  gateway.blocks = [
    makeBlock(),
    makeBlock({
      range: '2001:db8:5::/64',
      rule: 'auth-guessing',
      reason: '10 wrong API keys',
      cause: { sentence: reason('block.guessing', 10) },
    }),
    permanent(makeBlock({ range: '198.51.100.0/24', source: 'manual', rule: 'manual', reason: 'scans every night' })),
  ];
  gateway.allowed = [{ range: '192.168.1.0/24', note: 'home', createdAt: Date.now() - 9 * 86_400_000 }];
  gateway.rows = makeRows(3_000, 20_000);
  gateway.statistics = traffic;
  gateway.support('policy/rehearse', () => busyRehearsal());
  return gateway;
}

/** Seven days under the policy in force. */
export function busyRehearsal(): Rehearsal {
  const now = Date.now();
  return {
    wouldBlock: [
      { address: '203.0.113.9', at: now - 3_000_000, rule: 'honeypot', wasBlocked: true },
      { address: '198.51.100.7', at: now - 9_000_000, rule: 'intrusion', wasBlocked: false },
    ],
    wouldBlockTotal: 2,
    wouldBlockNew: 1,
    wouldThrottle: 31,
    wouldThrottleOwn: 3,
    spared: [],
    sparedTotal: 0,
    rows: 41_213,
    from: now - 7 * 86_400_000,
    to: now,
    limits: ['load', 'recorded-signs', 'repeated-keys'],
  };
}

/** A gateway that has just been installed. */
export function quietGateway(): FakeGateway {
  return new FakeGateway(makeState({ proxy: { phase: 'off', inFlight: 0, requests: 0 } }));
}

function permanent(block: ReturnType<typeof makeBlock>): ReturnType<typeof makeBlock> {
  return Object.fromEntries(
    Object.entries(block).filter(([name]) => !['expiresAt', 'cause'].includes(name)),
  ) as unknown as typeof block;
}
