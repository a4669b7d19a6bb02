import assert from 'node:assert/strict';
import { panelTabs } from '../../src/protocol/panel-messages';
import { busyGateway, usePanel } from './support/fixture';

describe('layout', function () {
  this.timeout(120_000);
  const browser = usePanel();

  for (const language of ['en', 'ja'] as const) {
    it(`fits 300 px in one column, every tab within reach, ${language}`, async () => {
      const panel = await browser.open(busyGateway(), { width: 300, language });

      for (const tab of panelTabs) {
        await panel.show(tab);
        await panel.settled();
        const overflow = await panel.page.evaluate<string[]>(`[...document.querySelectorAll('#view-${tab} *')]
          .filter((element) => {
            const box = element.getBoundingClientRect();
            if (box.width === 0 || element.closest('.sr-only, .u-wrap, svg') !== null) return false;
            // What a parent cuts with an ellipsis does not stick out.
            const cut = element.parentElement.closest('.cell, code, .untrusted, th');
            return cut === null && box.right > 300.5;
          })
          .map((element) => element.outerHTML.slice(0, 120))`);
        assert.deepEqual(overflow, [], tab);
        assert.equal(await panel.page.evaluate('document.documentElement.scrollWidth'), 300, tab);
      }
    });
  }

  for (const width of [880, 1600]) {
    it(`cuts nothing of a blocked address where there is room, ${width} px`, async () => {
      const panel = await browser.open(busyGateway(), { width });
      await panel.show('blocklist');
      await panel.view('blocklist').getByRole('row').first().waitFor();
      // The list learns its width with the first frame, and then draws its rows anew.
      await panel.settled();

      const cut = await panel.page.evaluate<string[]>(`[...document.querySelectorAll('.blocks-list .cell')]
        .filter((cell) => cell.scrollWidth > cell.clientWidth)
        .map((cell) => cell.textContent)`);

      assert.deepEqual(cut, []);
    });
  }

  it('puts the detail of an event beside the list when there is room, in its place when not', async () => {
    for (const [width, isListVisible] of [
      [1000, true],
      [300, false],
    ] as const) {
      const panel = await browser.open(busyGateway(), { width });
      await panel.show('events');
      await panel.view('events').getByRole('row').first().click();
      await panel.page.getByRole('complementary', { name: 'Event' }).waitFor();

      assert.equal(await panel.view('events').getByRole('grid').isVisible(), isListVisible, String(width));
    }
  });

  it('speaks Japanese, with the numbers and times of the language', async () => {
    const panel = await browser.open(busyGateway(), { language: 'ja' });
    const text = await panel.page.locator('#flm-panel').innerText();
    const english = text.match(/\b(?:Overview|Requests|Unblock|Traffic|blocked|ago|this machine)\b/g);

    assert.match(text, /概要/);
    assert.match(text, /ブロック解除/);
    assert.match(text, /秒前|分前/);
    assert.equal(english, null);
    assert.equal(await panel.page.getAttribute('html', 'lang'), 'ja');
  });

  it('does not move when the reader wants less motion', async () => {
    const panel = await browser.open(busyGateway(), { reducedMotion: true });
    await panel.page.getByRole('button', { name: 'Unblock: 203.0.113.9' }).click();
    await panel.page.locator('.notice').waitFor();

    const animation = await panel.page.evaluate(`getComputedStyle(document.querySelector('.notice')).animationName`);

    assert.equal(animation, 'none');
  });
});
