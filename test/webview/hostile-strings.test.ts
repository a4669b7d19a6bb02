import assert from 'node:assert/strict';
import type { AuditRow } from '../../src/core/audit';
import type { Block } from '../../src/core/block';
import { reason } from '../../src/core/reason';
import type { SharingSummary } from '../../src/protocol/sharing-rpc';
import { busyGateway, usePanel } from './support/fixture';
import { busySharing, makeBlock, makeKey, makeRows, makeShare } from './support/sample-data';
import { panelTabs } from '../../src/protocol/panel-messages';

const markup = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`;
const rightToLeft = 'safe\u202Eexe.gpj';
const controls = 'a\u0000b\u001b[31mc\u2028d\u200Be';
const long = 'x'.repeat(10_000);
const hostile = `${markup} ${rightToLeft} ${controls} javascript:alert(1) \${7*7} {{7*7}} ${long}`;

/** As an older FLM stored it: the reason is all there is. */
function withoutCause(block: Block): Block {
  const old: { -readonly [M in keyof Block]: Block[M] } = { ...block };
  delete old.cause;
  return old;
}

/** What engines, certificates and clients may put into it. */
function hostileSharing(): SharingSummary {
  const sharing = busySharing();
  const sentence = reason('engine.notHttp', hostile);
  return {
    ...sharing,
    exposure: { ...sharing.exposure, addresses: [rightToLeft, long], notice: sentence },
    tls: {
      ...sharing.tls,
      certificate: { ...sharing.tls.certificate!, names: [markup, rightToLeft, long], issuer: hostile },
      caFile: hostile,
      notice: sentence,
    },
    endpoints: [{ from: 'network', url: `http://${rightToLeft}/${markup}`, isTls: false, interfaceName: controls }],
    shares: [
      makeShare({
        label: hostile.slice(0, 300),
        audience: { type: 'addresses', ranges: [rightToLeft, markup] },
        limits: { models: [hostile], routes: [controls] },
      }),
    ],
    checkup: {
      at: 0,
      findings: [
        {
          check: 'x',
          severity: 'critical',
          what: sentence,
          why: sentence,
          fix: sentence,
          command: hostile,
          source: 'javascript:alert(1)',
        },
      ],
      skipped: [sentence],
      isCancelled: true,
    },
  };
}

describe('strings made by attackers', function () {
  this.timeout(120_000);
  const browser = usePanel();

  it('are shown as text on every tab: nothing runs, nothing loads, nothing is hidden or turned around', async () => {
    const gateway = busyGateway();
    gateway.keys = [makeKey({ label: hostile.slice(0, 300), scope: { models: [hostile.slice(0, 200)] } })];
    gateway.blocks = [
      withoutCause(makeBlock({ reason: hostile, note: hostile })),
      makeBlock({
        range: '203.0.113.10',
        cause: { sentence: reason('block.score', hostile), lastRule: hostile, quote: hostile },
      }),
    ];
    gateway.share(hostileSharing());
    gateway.rows = makeRows(50, 1_000, {
      evidence: hostile,
      rule: hostile.slice(0, 200),
      address: rightToLeft,
      route: hostile,
      details: { [markup]: hostile },
    } satisfies Partial<AuditRow>);
    const panel = await browser.open(gateway, { width: 320 });
    // The icons' font is fetched when the first of them is drawn.
    await panel.until(
      `[...document.fonts].length > 0 && [...document.fonts].every(({ status }) => status === 'loaded')`,
    );
    const requests: string[] = [];
    panel.page.on('request', (request) => requests.push(request.url()));

    for (const tab of panelTabs) {
      await panel.show(tab);
      await panel.settled();
      if (tab === 'events') {
        await panel.view('events').getByRole('row').first().click();
        await panel.page.getByRole('complementary', { name: 'Event' }).waitFor();
      }
      const found = await panel.page.evaluate<{
        hacked: unknown;
        images: number;
        scripts: number;
        links: number;
        hidden: boolean;
        wide: number;
      }>(`({
        hacked: window.hacked,
        images: document.querySelectorAll('img').length,
        scripts: document.querySelectorAll('#flm-panel script').length,
        links: document.querySelectorAll('a').length,
        hidden: /[\\u202e\\u200b\\u0000\\u001b]/.test(document.getElementById('flm-panel').textContent),
        wide: document.documentElement.scrollWidth,
      })`);
      assert.deepEqual(found, { hacked: undefined, images: 0, scripts: 0, links: 0, hidden: false, wide: 320 }, tab);
    }
    assert.deepEqual(requests, []);
    assert.deepEqual(panel.troubles, []);
  });

  it('show what they hide', async () => {
    const gateway = busyGateway();
    gateway.blocks = [withoutCause(makeBlock({ reason: `${rightToLeft} ${controls}` }))];
    const panel = await browser.open(gateway);

    const text = await panel.page.locator('.attention-reason').innerText();

    assert.equal(text, 'safe⟨U+202E⟩exe.gpj a⟨U+0000⟩b⟨U+001B⟩[31mc⟨U+2028⟩d⟨U+200B⟩e');
  });
});
