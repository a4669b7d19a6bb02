import assert from 'node:assert/strict';
import type { AuditRow } from '../../src/core/audit';
import { busyGateway, usePanel } from './support/fixture';
import { longTasks, ownTasks } from './support/own-tasks';
import { makeRows } from './support/sample-data';
import { until } from './support/until';

/** No task of the page's own work may hold the reader up for longer. */
const longTaskMs = 50;
const allRows = 100_000;
/** To scroll through all of them: 400 pages are asked for. It ends a hang, it judges no speed. */
const scrollMs = 120_000;

describe('events', function () {
  this.timeout(480_000);
  const browser = usePanel();

  async function openAllRows() {
    const gateway = busyGateway();
    gateway.rows = makeRows(allRows, 1_000);
    const panel = await browser.open(gateway, { width: 900 });
    await panel.show('events');
    const view = panel.view('events');
    await view.getByRole('row').first().waitFor();
    return { panel, page: panel.page, view };
  }

  it(`scrolls through ${allRows} events without a task over ${longTaskMs} ms`, async () => {
    const tasks = await longTasks(longTaskMs, async () => {
      const { panel, page, view } = await openAllRows();
      const list = view.getByRole('grid');
      const taken = await ownTasks(page, async () => {
        await page.evaluate(`new Promise((done) => {
          const list = document.querySelector('#view-events .vlist');
          list.scrollTop = 0;
          const end = performance.now() + ${scrollMs};
          const step = () => {
            const before = list.scrollTop;
            list.scrollTop += 9000;
            const isAll = list.getAttribute('aria-rowcount') === '${allRows}';
            if ((isAll && list.scrollTop === before) || performance.now() > end) done();
            else requestAnimationFrame(step);
          };
          step();
        })`);
      });
      assert.equal(await list.getAttribute('aria-rowcount'), String(allRows));
      assert.ok((await list.getByRole('row').count()) < 100, 'only what is seen may exist');
      await panel.close();
      return taken;
    });
    assert.deepEqual(tasks, []);
  });

  it(`filters ${allRows} events without a task over ${longTaskMs} ms`, async () => {
    const tasks = await longTasks(longTaskMs, async () => {
      const { panel, page, view } = await openAllRows();
      const rows = view.getByRole('row');
      const search = view.locator('vscode-text-field input').first();
      const taken = await ownTasks(page, async () => {
        await search.fill('wp-login');
        await view.getByText('No event matches the filter.').waitFor();
        await search.fill('/.git/config');
        await rows.first().waitFor();
      });
      assert.match(await rows.first().innerText(), /Decoy path visited/);
      await panel.close();
      return taken;
    });
    assert.deepEqual(tasks, []);
  });

  it('filters by severity, kind and address', async () => {
    const panel = await browser.open(busyGateway());
    await panel.show('events');
    const view = panel.view('events');
    await view.locator('summary').click();

    await view.locator('vscode-dropdown').nth(1).click();
    await view.getByRole('option', { name: 'Decoy key used' }).click();
    await view.getByRole('row').first().waitFor();
    await panel.until(everyCell('kind', `cell.textContent === 'Decoy key used'`));
    await view.getByRole('button', { name: 'Clear Filter' }).click();
    await view.locator('vscode-text-field input').nth(1).fill('192.168.1.31');
    await panel.until(everyCell('who', `cell.textContent.includes('tablet')`));
  });

  it('filters by all that is typed in quick succession, and by nothing once the filter is cleared', async () => {
    const panel = await browser.open(busyGateway());
    await panel.show('events');
    await panel.view('events').getByRole('row').first().waitFor();
    const type = `((index, text) => {
      const field = document.querySelectorAll('#view-events vscode-text-field')[index];
      field.value = text;
      field.dispatchEvent(new Event('input'));
    })`;
    const filter = `JSON.parse(sessionStorage.getItem('state')).filter`;

    await panel.page.evaluate(`${type}(0, 'sqli'); ${type}(1, '198.51.100.7')`);
    await panel.until(`${filter}.text === 'sqli' && ${filter}.address === '198.51.100.7'`);
    await panel.page.evaluate(`${type}(0, 'decoy'); document.querySelector('.filter-clear vscode-button').click()`);
    // What is typed last comes into use last.
    await panel.page.evaluate(`${type}(1, '192.168.1.31')`);
    await panel.until(`${filter}.address === '192.168.1.31'`);

    assert.equal(await panel.page.evaluate(`${filter}.text`), '');
  });

  it('shows an event once that comes by two ways', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('events');
    const view = panel.view('events');
    await view.getByRole('row').first().waitFor();
    await panel.settled();
    const added: AuditRow = { ...gateway.rows[0]!, seq: gateway.rows[0]!.seq + 1, at: Date.now() };
    const answers: (() => void)[] = [];
    gateway.support('audit/query', () => new Promise((done) => answers.push(() => done({ rows: [added] }))));

    await panel.page.evaluate(`(() => {
      const field = document.querySelector('#view-events vscode-text-field');
      field.value = 'honeypot';
      field.dispatchEvent(new Event('input'));
    })()`);
    await panel.until(`JSON.parse(sessionStorage.getItem('state')).filter.text === 'honeypot'`);
    await until(() => gateway.asked.some(({ params }) => (params as { text?: string }).text === 'honeypot'));
    const asked = answers.length;
    gateway.emit(added);
    await until(() => answers.length > asked);
    for (const answer of answers) answer();
    await panel.until(`document.querySelector('#view-events .vlist').getAttribute('aria-rowcount') === '1'`);
    await panel.settled();

    assert.equal(await view.getByRole('grid').getAttribute('aria-rowcount'), '1');
  });

  it('puts new events in front without moving what is being read', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('events');
    const list = panel.view('events').getByRole('grid');
    await list.getByRole('row').first().waitFor();
    await list.evaluate((element) => (element.scrollTop = 4_600));
    await panel.until(`document.querySelector('#view-events [aria-rowindex="103"]') !== null`);
    const before = await list.locator('[aria-rowindex="103"]').innerText();

    const newest = gateway.rows[0]!;
    const added: AuditRow = { ...newest, seq: newest.seq + 1, at: Date.now() };
    gateway.rows = [added, ...gateway.rows];
    gateway.emit(added);
    await panel.page.getByText('New events: 1').waitFor();

    const after = await list.locator('[aria-rowindex="104"]').innerText();
    assert.equal(withoutTimes(after), withoutTimes(before));
  });

  it('explains an event by rule, evidence, what was done and how to allow it, and can block its address', async () => {
    const gateway = busyGateway();
    gateway.blocks = [];
    const panel = await browser.open(gateway);
    await panel.show('events');

    await panel.view('events').getByRole('row').filter({ hasText: 'Intrusion attempt' }).first().click();
    const detail = panel.page.getByRole('complementary', { name: 'Event' });
    const text = await detail.innerText();
    await detail.getByRole('button', { name: 'Block for 24 h' }).click();
    await panel.page.getByText('198.51.100.7 is blocked.').waitFor();

    for (const part of ["OR '1'='1", 'intrusion.sqli', '100 points', 'How to allow it next time']) {
      assert.ok(text.includes(part), part);
    }
    assert.equal(gateway.blocks[0]?.range, '198.51.100.7');
  });

  it('exports what the filter shows', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('events');
    await panel.view('events').locator('vscode-text-field input').first().fill('decoy');
    await panel.until(`sessionStorage.getItem('state')?.includes('decoy')`);

    await panel.view('events').locator('.toolbar vscode-dropdown').click();
    await panel.view('events').getByRole('option', { name: 'CSV' }).click();
    await panel.page.getByText('flm-events.csv').waitFor();

    const asked = gateway.asked.find(({ name }) => name === 'audit/export')?.params as {
      query: unknown;
      format: string;
    };
    assert.deepEqual({ query: asked.query, format: asked.format }, { query: { text: 'decoy' }, format: 'csv' });
  });
});

/** Whether there are rows, and all of them have it. */
function everyCell(name: string, condition: string): string {
  const cells = `[...document.querySelectorAll('#view-events [role=row] .${name}')]`;
  return `${cells}.length > 0 && ${cells}.every((cell) => ${condition})`;
}

function withoutTimes(text: string): string {
  return text.replace(/\d+ \w+\. ago/, '');
}
