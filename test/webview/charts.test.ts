import assert from 'node:assert/strict';
import { noTraffic } from './support/fake-gateway';
import { busyGateway, usePanel } from './support/fixture';
import type { PanelWindow } from './support/panel-browser';
import { traffic } from './support/sample-data';

/** Pixels of a colour on the canvas of a chart, near enough for anti-aliasing. */
async function pixels(panel: PanelWindow, chart: string, [red, green, blue]: readonly number[]): Promise<number> {
  return panel.page.evaluate<number>(`(() => {
    const canvas = document.querySelector('.chart-canvas[aria-label^="${chart}"] canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      const near = (index, value) => Math.abs(data[at + index] - value) < 12;
      if (data[at + 3] > 200 && near(0, ${red}) && near(1, ${green}) && near(2, ${blue})) count += 1;
    }
    return count;
  })()`);
}

describe('charts', function () {
  this.timeout(120_000);
  const browser = usePanel();

  it('show a value that has no neighbour', async () => {
    const gateway = busyGateway();
    gateway.statistics = (query) => {
      const all = traffic(query);
      const buckets = all.buckets.map((bucket, index) => ({
        ...noTraffic({ ...query, from: bucket.at, to: bucket.at + query.bucketMs }).buckets[0]!,
        ...(index === 40 ? { firstTokenP50Ms: 120, firstTokenP95Ms: 480 } : {}),
      }));
      return { ...all, buckets };
    };
    const panel = await browser.open(gateway, { theme: 'dark' });
    await panel.until(`document.querySelectorAll('.chart canvas').length === 3`);
    await panel.settled();

    assert.ok((await pixels(panel, 'Time to first token', [0x37, 0x94, 0xff])) >= 8);
    assert.ok((await pixels(panel, 'Time to first token', [0xcc, 0xcc, 0xcc])) >= 8);
  });

  it('leave room for the labels of their axis, whatever the language', async () => {
    for (const language of ['en', 'ja'] as const) {
      const gateway = busyGateway();
      gateway.statistics = (query) => {
        const all = traffic(query);
        // The last moment is noon or midnight, so that its label stands at the very end
        const early = (all.buckets.at(-1)?.at ?? 0) % (12 * 3_600_000);
        const buckets = all.buckets.map((bucket) => ({ ...bucket, at: bucket.at - early, requests: 123_456_789 }));
        return { ...all, buckets };
      };
      const panel = await browser.open(gateway, { language, width: 500 });
      await panel.until(`document.querySelectorAll('.chart canvas').length === 3`);
      await panel.settled();

      const cut = await panel.page.evaluate<number[]>(`[...document.querySelectorAll('.chart-canvas canvas')].flatMap(
        (canvas) => [0, canvas.width - 1].map((x) => {
          const { data } = canvas.getContext('2d').getImageData(x, 0, 1, canvas.height);
          return [...data].filter((value, index) => index % 4 === 3 && value > 0).length;
        }),
      )`);

      assert.deepEqual(cut, [0, 0, 0, 0, 0, 0], language);
    }
  });
});
