import assert from 'node:assert/strict';
import { firewallPage, systemLabel } from '../../../../src/editor/firewall/firewall-page';
import { firewallSystems } from '../../../../src/editor/firewall/firewall-plan';
import { planFirewall } from '../../../../src/editor/firewall/planners';
import { english } from '../editor-facts';

describe('the page of firewall commands', () => {
  it('shows what opens, what takes it back, and what to know', () => {
    for (const system of firewallSystems) {
      const wish = { ports: [11435], ranges: ['192.168.1.0/24'], program: '/p' };
      const plan = planFirewall(system, wish);
      const page = firewallPage(english, system, plan, wish, false);

      assert.ok(page.startsWith(`# ${systemLabel(english, system)}\n`));
      for (const command of [...plan.apply, ...plan.undo]) assert.ok(page.includes(`\n${command}\n`), system);
      assert.match(page, /Lets 192\\\.168\\\.1\\\.0\\\/24 reach TCP port 11435/);
      assert.ok(!page.includes('WSL'));
    }
  });

  it('says in WSL that Windows stands before it', () => {
    const wish = { ports: [11435], ranges: [], program: '/p' };
    const page = firewallPage(english, 'ufw', planFirewall('ufw', wish), wish, true);

    assert.match(page, /FLM runs in WSL/);
    assert.match(page, /Lets every machine reach TCP port 11435/);
  });
});
