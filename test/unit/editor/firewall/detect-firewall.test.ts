import assert from 'node:assert/strict';
import { detectFirewalls } from '../../../../src/editor/firewall/detect-firewall';

function host(platform: NodeJS.Platform, files: Readonly<Record<string, string>> = {}) {
  return {
    platform,
    exists: async (path: string) => path in files,
    readText: async (path: string) => files[path],
  };
}

describe('the firewalls of a machine', () => {
  it('follow from the system on Windows and macOS', async () => {
    assert.deepEqual(await detectFirewalls(host('win32')), ['windows']);
    assert.deepEqual(await detectFirewalls(host('darwin')), ['macos-app', 'macos-pf']);
  });

  it('are on Linux those that are installed, the active one first', async () => {
    const ufw = { '/usr/sbin/ufw': '' };
    const firewalld = { '/usr/bin/firewall-cmd': '' };

    assert.deepEqual(await detectFirewalls(host('linux')), ['nftables']);
    assert.deepEqual(await detectFirewalls(host('linux', { ...ufw, ...firewalld })), ['ufw', 'firewalld', 'nftables']);
    assert.deepEqual(await detectFirewalls(host('linux', { ...ufw, ...firewalld, '/run/firewalld': '' })), [
      'firewalld',
      'ufw',
      'nftables',
    ]);
    assert.deepEqual(
      await detectFirewalls(
        host('linux', { ...ufw, ...firewalld, '/run/firewalld': '', '/etc/ufw/ufw.conf': '# x\nENABLED=yes\n' }),
      ),
      ['ufw', 'firewalld', 'nftables'],
    );
  });
});
