import assert from 'node:assert/strict';
import { defaultPolicy } from '../../src/core/policy';
import { FlmError } from '../../src/core/errors';
import { busyGateway, busyRehearsal, usePanel } from './support/fixture';
import { until } from './support/until';

describe('policy', function () {
  this.timeout(120_000);
  const browser = usePanel();

  it('shows what changes before it applies it', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('policy');
    const view = panel.view('policy');
    await view.locator('[data-group=scoring] summary').click();
    await view.locator('.policy-field', { hasText: 'scoring.blockAt' }).locator('input').fill('150');

    await view.getByRole('button', { name: 'Review Changes' }).click();
    const dialog = panel.page.locator('dialog');
    const text = await dialog.innerText();
    const before = gateway.policy;
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await panel.page.getByText('The new policy is in force.').waitFor();

    assert.match(text, /Block at this score\s+scoring\.blockAt\s+100 150/);
    assert.deepEqual(before, defaultPolicy);
    assert.equal((gateway.policy as typeof defaultPolicy).scoring.blockAt, 150);
  });

  it('builds its form once, though the state changes while it is read', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.settled();
    const answers: (() => void)[] = [];
    const document = { policy: defaultPolicy, defaults: defaultPolicy };
    gateway.support('policy/get', () => new Promise((done) => answers.push(() => done(document))));
    await panel.show('policy');
    gateway.blocks = [];
    gateway.connect();
    await panel.until(`document.querySelector('.tab-count').hidden`);

    await until(() => answers.length > 0);
    for (const answer of answers) answer();
    await panel.settled();

    assert.equal(gateway.asked.filter(({ name }) => name === 'policy/rehearse').length, 1);
  });

  it('shows what the gateway says about a field beside that field', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('policy');
    const view = panel.view('policy');
    await view.locator('[data-group=resources] summary').click();
    await view.locator('.policy-field', { hasText: 'resources.releasePercent' }).locator('input').fill('95');

    await view.getByRole('button', { name: 'Review Changes' }).click();
    await panel.page.locator('dialog').getByRole('button', { name: 'Apply' }).click();
    await view.getByText('resources.releasePercent must be below resources.engagePercent').waitFor();

    assert.equal(gateway.policy, defaultPolicy);
  });

  it('keeps numbers out of range to itself', async () => {
    const panel = await browser.open(busyGateway());
    await panel.show('policy');
    const view = panel.view('policy');
    await view.locator('[data-group=scoring] summary').click();

    await view.locator('.policy-field', { hasText: 'scoring.blockAt' }).locator('input').fill('5000');

    await view.getByText('Write a number from 0 to 1,000.').waitFor();
    await view.getByText('No changes').waitFor();
  });

  it('has every threshold of the policy with its meaning, default and range', async () => {
    const panel = await browser.open(busyGateway());
    await panel.show('policy');
    await panel.openPolicy();

    const paths = await panel.view('policy').locator('.policy-field > .hint > code').allTextContents();

    const expected = Object.entries(defaultPolicy).flatMap(([name, value]) =>
      typeof value === 'object' && !Array.isArray(value)
        ? Object.keys(value).map((child) => `${name}.${child}`)
        : [name],
    );
    // These have no default, so they are not in the default policy.
    const optional = ['certFile', 'keyFile', 'acme_domain', 'acme_email', 'acme_caFile', 'acme_dnsHook'].map(
      (name) => `tls.${name}`,
    );
    assert.deepEqual(
      paths.sort(),
      [...new Set([...expected.filter((path) => path !== 'version'), ...optional])].sort(),
    );
  });

  it('takes JSON, and says when it is none', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('policy');
    const view = panel.view('policy');
    await view.getByRole('radio', { name: 'JSON' }).click();
    const area = view.locator('textarea.json');

    await area.fill('{ nonsense');
    await view.getByText('This is not valid JSON.').waitFor();
    await area.fill(JSON.stringify({ ...defaultPolicy, mode: 'enforce' }));
    await view.getByRole('button', { name: 'Review Changes' }).click();
    await panel.page.locator('dialog').getByRole('button', { name: 'Apply' }).click();
    await panel.page.getByText('The new policy is in force.').waitFor();

    assert.equal((gateway.policy as typeof defaultPolicy).mode, 'enforce');
  });

  it('rehearses against stored records, says what that cannot show, and hides it where the gateway cannot', async () => {
    const able = await browser.open(busyGateway());
    await able.show('policy');
    await able.page.getByText('Addresses that would have been blocked: 2').waitFor();
    await able.page.getByText('What a replay cannot show').click();
    const text = await able.view('policy').locator('.rehearsal-answer').innerText();

    const gateway = busyGateway();
    gateway.withdraw('policy/rehearse');
    const unable = await browser.open(gateway);
    await unable.show('policy');
    await unable.settled();

    assert.match(text, /198\.51\.100\.7 · intrusion · .*new/);
    assert.match(text, /of them your own: 3/);
    assert.match(text, /depend on a load that is not stored/);
    assert.equal(await unable.page.getByText('Rehearsal').isVisible(), false);
  });

  it('rehearses anew a moment after a threshold was changed, with the draft', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('policy');
    const view = panel.view('policy');
    await view.getByText('Addresses that would have been blocked: 2').waitFor();
    gateway.support('policy/rehearse', () => ({ ...busyRehearsal(), wouldBlockTotal: 7 }));
    await view.locator('[data-group=scoring] summary').click();

    await view.locator('.policy-field', { hasText: 'scoring.blockAt' }).locator('input').fill('60');
    await view.getByText('Addresses that would have been blocked: 7').waitFor();

    const { policy } = gateway.asked.findLast(({ name }) => name === 'policy/rehearse')?.params as { policy: unknown };
    assert.equal((policy as typeof defaultPolicy).scoring.blockAt, 60);
  });

  it('takes a rehearsal back that nobody wants to wait for', async () => {
    const gateway = busyGateway();
    let refuse = (): void => undefined;
    gateway.support(
      'policy/rehearse',
      () => new Promise((_, reject) => (refuse = () => reject(new FlmError('cancelled', 'cancelled')))),
    );
    gateway.support('policy/cancelRehearsal', () => {
      refuse();
      return null;
    });
    const panel = await browser.open(gateway);
    await panel.show('policy');
    const section = panel.view('policy').locator('.rehearsal');

    await section.getByRole('button', { name: 'Cancel' }).click();
    await section.getByRole('button', { name: 'Rehearse' }).waitFor();

    assert.equal(await section.locator('.problem').count(), 0);
  });
});
