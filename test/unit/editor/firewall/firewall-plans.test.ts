import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FlmError } from '../../../../src/core/errors';
import { firewallSystems, type FirewallSystem } from '../../../../src/editor/firewall/firewall-plan';
import { planFirewall } from '../../../../src/editor/firewall/planners';
import { typedLine } from '../../../../src/editor/firewall/typed-line';

const program = '/Applications/Visual Studio Code.app/Contents/MacOS/Electron';
const ranges = ['192.168.1.0/24', 'fd00::/64'];

function plan(system: FirewallSystem, wish: { ports?: number[]; ranges?: string[]; program?: string } = {}) {
  return planFirewall(system, { ports: [11435], ranges, program, ...wish });
}

describe('firewall commands', () => {
  it('of Windows name ports and ranges, and are taken back by name', () => {
    const { apply, undo } = plan('windows', { ports: [11436, 11435] });

    assert.deepEqual(apply, [
      "New-NetFirewallRule -Name 'flm-11435-11436' -DisplayName 'FLM (11435, 11436)' -Direction Inbound -Action Allow" +
        " -Protocol TCP -LocalPort 11435,11436 -RemoteAddress '192.168.1.0/24','fd00::/64' -Profile Private,Domain",
    ]);
    assert.deepEqual(undo, ["Remove-NetFirewallRule -Name 'flm-11435-11436'"]);
  });

  it('of the application firewall of macOS name the program', () => {
    const { apply, undo, notes } = plan('macos-app');

    assert.ok(apply.every((command) => command.endsWith(`'${program}'`)));
    assert.match(undo[0]!, /--remove/);
    assert.ok(notes.includes('by-program'));
  });

  it('of pf keep everybody else out, and loopback in', () => {
    const { apply, undo } = plan('macos-pf');

    assert.match(apply[0]!, /'block drop in on ! lo0 proto tcp from any to any port \{ 11435 \}'/);
    assert.match(apply[0]!, /'pass in inet proto tcp from \{ 192\.168\.1\.0\/24 \} to any port \{ 11435 \}'/);
    assert.match(
      apply[0]!,
      /'pass in inet6 proto tcp from \{ fd00::\/64 \}.*sudo pfctl -a 'com\.apple\/flm-11435' -f -$/,
    );
    assert.deepEqual(undo, ["sudo pfctl -a 'com.apple/flm-11435' -F rules"]);
  });

  it('of ufw are one rule per range, deleted by saying it again', () => {
    const { apply, undo } = plan('ufw');

    assert.deepEqual(apply, [
      'sudo ufw allow proto tcp from 192.168.1.0/24 to any port 11435 comment flm-11435',
      'sudo ufw allow proto tcp from fd00::/64 to any port 11435 comment flm-11435',
    ]);
    assert.deepEqual(undo[0], 'sudo ufw delete allow proto tcp from 192.168.1.0/24 to any port 11435');
  });

  it('of firewalld hold now and after a restart', () => {
    const { apply, undo } = plan('firewalld', { ranges: ['192.168.1.0/24'] });
    const rule = `rich-rule='rule family="ipv4" source address="192.168.1.0/24" port port="11435" protocol="tcp" accept'`;

    assert.deepEqual(apply, [`sudo firewall-cmd --add-${rule}`, `sudo firewall-cmd --permanent --add-${rule}`]);
    assert.deepEqual(undo, [`sudo firewall-cmd --remove-${rule}`, `sudo firewall-cmd --permanent --remove-${rule}`]);
  });

  it('of nftables go to the front of the chain and are found again by their comment', () => {
    const { apply, undo } = plan('nftables');

    assert.deepEqual(apply, [
      `sudo nft 'insert rule inet filter input ip saddr { 192.168.1.0/24 } tcp dport { 11435 } accept comment "flm-11435"'`,
      `sudo nft 'insert rule inet filter input ip6 saddr { fd00::/64 } tcp dport { 11435 } accept comment "flm-11435"'`,
    ]);
    assert.match(undo[0]!, /comment "flm-11435".*delete rule inet filter input handle "\$handle"/);
  });

  it('for everybody name no range and say so', () => {
    for (const system of firewallSystems) {
      const { apply, notes } = plan(system, { ranges: [] });

      assert.ok(!apply.join().includes('192.168'), system);
      assert.ok(system === 'macos-app' || notes.includes('everybody'), system);
    }
    assert.deepEqual(plan('ufw', { ranges: ['0.0.0.0/0'] }).apply, plan('ufw', { ranges: [] }).apply);
  });

  it('clear the host bits of a range, and take no range twice', () => {
    const { apply } = plan('ufw', { ranges: ['192.168.1.77/24', '192.168.1.0/24'] });

    assert.equal(apply.length, 1);
  });

  it('are not made for what is no port or range', () => {
    const wishes = [
      { ports: [] },
      { ports: [0] },
      { ports: [65_536] },
      { ports: [1.5] },
      { ranges: ['$(id)'] },
      { program: '/a\nid' },
    ];
    for (const wish of wishes) {
      assert.throws(
        () => plan('ufw', wish),
        (error) => FlmError.is(error, 'invalid_request'),
      );
    }
  });
});

describe('firewall commands for hostile input', () => {
  /** Splits a POSIX command line as a shell does, as far as these commands go. Undefined: something would be expanded. */
  function posixWords(line: string): string[] | undefined {
    const words: string[] = [];
    let word: string | undefined;
    for (let at = 0; at < line.length; at++) {
      const character = line[at]!;
      if (character === "'") {
        const end = line.indexOf("'", at + 1);
        if (end === -1) return undefined;
        word = (word ?? '') + line.slice(at + 1, end);
        at = end;
      } else if (character === '\\') {
        word = (word ?? '') + (line[++at] ?? '');
      } else if (character === ' ') {
        if (word !== undefined) words.push(word);
        word = undefined;
      } else if (/[$`"|&;<>()*?[\]#~!{}\n\t]/.test(character)) return undefined;
      else word = (word ?? '') + character;
    }
    if (word !== undefined) words.push(word);
    return words;
  }

  it('hold a program’s path as one word, whatever its characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (path) => {
        fc.pre(!/\p{Cc}/u.test(path));
        const { apply } = planFirewall('macos-app', { ports: [1], ranges: [], program: path });

        for (const command of apply) assert.equal(posixWords(command)?.at(-1), path);
      }),
    );
  });

  it('hold no part of a range that is none: they are not made at all, or only of addresses', () => {
    const hostile = fc.oneof(
      fc.string(),
      fc.constantFrom('10.0.0.1; id', "10.0.0.0/8' -x", '10.0.0.1$(id)', '::1`id`', '10.0.0.1\n', '10.0.0.1%eth0;id'),
      fc.ipV4(),
      fc.ipV6(),
    );
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 4 }), fc.constantFrom(...firewallSystems), (texts, system) => {
        let made;
        try {
          made = planFirewall(system, { ports: [11435], ranges: texts, program: '/p' });
        } catch (error) {
          assert.ok(FlmError.is(error, 'invalid_request'));
          return;
        }
        const plain = planFirewall(system, {
          ports: [11435],
          ranges: ['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2'],
          program: '/p',
        });
        const everybody = planFirewall(system, { ports: [11435], ranges: [], program: '/p' });
        const frame = new Set(
          [...plain.apply, ...plain.undo, ...everybody.apply, ...everybody.undo].flatMap((command) =>
            Array.from(command).filter((character) => !/[0-9a-f.:/]/.test(character)),
          ),
        );
        const strange = [...made.apply, ...made.undo].join('').replace(/[0-9a-f.:/]/g, '');
        assert.deepEqual(
          Array.from(strange).filter((character) => !frame.has(character)),
          [],
        );
      }),
    );
  });

  it('are typed as one line without a line break', () => {
    for (const system of firewallSystems) {
      const made = plan(system);
      for (const way of ['apply', 'undo'] as const) assert.ok(!/[\r\n]/.test(typedLine(made, way)), system);
    }
  });

  it('stop at the first that fails while opening, and go on while taking back', () => {
    const made = plan('ufw');

    assert.equal(typedLine(made, 'apply'), made.apply.join(' && '));
    assert.equal(typedLine(made, 'undo'), made.undo.join('; '));
  });

  it('reach an elevated PowerShell whole: quotes are doubled once more', () => {
    const made = plan('windows');

    assert.equal(
      typedLine(made, 'undo'),
      `Start-Process powershell -Verb RunAs -ArgumentList '-NoExit -Command "Remove-NetFirewallRule -Name ''flm-11435''"'`,
    );
    assert.ok(!made.apply.join().includes('"'));
  });
});
