import assert from 'node:assert/strict';
import { askForFirewall, networkRanges } from '../../../../src/editor/firewall/firewall-steps';
import type { FirewallSystem } from '../../../../src/editor/firewall/firewall-plan';
import { english } from '../editor-facts';
import { FakeStepInput, type Answer } from '../fake-step-input';
import { lan, publicAddress } from '../../../helpers/machine-addresses';

function ask(systems: FirewallSystem[], answers: Answer[], addresses = [lan, publicAddress]) {
  const input = new FakeStepInput(...answers);
  return { input, choice: askForFirewall({ input, l10n: english, systems, addresses }) };
}

describe('asking for firewall rules', () => {
  it('suggests the firewall that was found and the networks of this machine', async () => {
    const { input, choice } = ask(['ufw', 'nftables'], [{ pick: 'ufw' }, { pick: 'The Networks' }]);

    assert.deepEqual(await choice, { system: 'ufw', ranges: ['192.168.1.0/24'] });
    assert.deepEqual(
      input.asked.map(({ suggestion }) => suggestion),
      ['ufw', 'The Networks of This Machine'],
    );
  });

  it('does not ask which when there is one, nor whom where the firewall cannot tell', async () => {
    assert.deepEqual(await ask(['windows'], [{ pick: 'Everybody' }]).choice, { system: 'windows', ranges: [] });
    assert.equal((await ask(['macos-app', 'macos-pf'], [{ pick: 'macOS application' }]).choice).system, 'macos-app');
  });

  it('takes addresses and ranges, and refuses what is none', async () => {
    const { choice } = ask(['nftables'], [{ pick: 'Certain' }, { type: '10.0.0.5, fd00::/64' }]);

    assert.deepEqual((await choice).ranges, ['10.0.0.5', 'fd00::/64']);
    await assert.rejects(ask(['nftables'], [{ pick: 'Certain' }, { type: 'my laptop' }]).choice, /neither an address/);
    await assert.rejects(ask(['nftables'], [{ pick: 'Certain' }, { type: ' , ' }]).choice, /at least one/);
  });

  it('does not call the internet a network of this machine', () => {
    assert.deepEqual(networkRanges([lan, lan, publicAddress]), ['192.168.1.0/24']);
  });
});
