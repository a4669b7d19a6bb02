import assert from 'node:assert/strict';
import fc from 'fast-check';
import { subjectNames } from '../../../../src/tls/self-signed/subject-names';

describe('names of a certificate', () => {
  it('are always those of the machine to itself', () => {
    assert.deepEqual(subjectNames([]), { dns: ['localhost'], addresses: ['127.0.0.1', '::1'] });
  });

  const forms: readonly (readonly [string, string])[] = [
    ['Buildbox.LOCAL.', 'buildbox.local'],
    [' buildbox ', 'buildbox'],
    ['MY_PC', 'my_pc'],
    ['bücher.example.org', 'xn--bcher-kva.example.org'],
    ['192.168.1.20', '192.168.1.20'],
    ['::ffff:192.168.1.20', '192.168.1.20'],
    ['[2001:DB8::0:1]', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
  ];
  for (const [given, expected] of forms) {
    it(`have ${given.trim()} as ${expected}`, () => {
      const { dns, addresses } = subjectNames([given]);
      assert.ok([...dns, ...addresses].includes(expected), [...dns, ...addresses].join());
    });
  }

  const unusable = [
    '',
    'a b',
    'https://example.org',
    'example.org:443',
    'user@host',
    '*.example.org',
    '0.0.0.0',
    '::',
    '224.0.0.1',
    '0x7f.1',
    '-host',
    `${'a'.repeat(64)}.local`,
    'a..b',
    'dev',
    'studio',
    'co.uk',
    'github.io',
  ];
  for (const text of unusable) {
    it(`leave out ${text === '' ? 'nothing' : text.slice(0, 40)}`, () => {
      assert.deepEqual(subjectNames([text]), subjectNames([]));
    });
  }

  it('are at most a hundred', () => {
    const { dns, addresses } = subjectNames(Array.from({ length: 300 }, (_, index) => `host-${index}`));
    assert.equal(dns.length + addresses.length, 100);
  });

  const name = fc.oneof(
    fc.domain(),
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ maxLength: 30 }),
    fc.constantFrom('Buildbox', 'dev'),
  );

  it('do not change when normalised again, in another order, with doubles or in capitals', () => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 20 }), (given) => {
        const once = subjectNames(given);
        const all = [...once.dns, ...once.addresses];

        assert.deepEqual(subjectNames(all), once);
        assert.deepEqual(subjectNames([...given].reverse()), once);
        assert.deepEqual(subjectNames([...given, ...given]), once);
        assert.deepEqual(subjectNames(all.map((text) => text.toUpperCase())), once);
        assert.equal(new Set(all).size, all.length);
      }),
    );
  });
});
