import assert from 'node:assert/strict';
import { checkCertificateName, checkDomainName, checkEmail, isPublicSuffix } from '../../../src/core/domain-name';

describe('name for a certificate', () => {
  const good: readonly (readonly [string, string])[] = [
    ['gateway.example.org', 'gateway.example.org'],
    ['Gateway.Example.ORG.', 'gateway.example.org'],
    ['bücher.de', 'xn--bcher-kva.de'],
    ['例え.jp', 'xn--r8jz45g.jp'],
    ['a.b.co.uk', 'a.b.co.uk'],
    ['me.github.io', 'me.github.io'],
  ];
  for (const [text, ascii] of good) {
    it(`takes ${text}`, () => {
      assert.deepEqual(checkDomainName(text), { ok: true, domain: ascii });
    });
  }

  const bad: readonly (readonly [string, RegExp])[] = [
    ['', /empty/],
    ['*.example.org', /wildcard/],
    ['192.0.2.1', /IP address/],
    ['0x7f.1', /IP address/],
    ['2130706433', /IP address/],
    ['[2001:db8::1]', /IP address|host name only/],
    ['co.uk', /public suffix/],
    ['github.io', /public suffix/],
    ['com', /full name/],
    ['localhost', /full name/],
    ['printer.local', /not public/],
    ['-a.example.org', /label/],
    ['a-.example.org', /label/],
    ['a..example.org', /label|valid/],
    ['a_b.example.org', /label/],
    [`${'a'.repeat(64)}.example.org`, /label/],
    [`${'a.'.repeat(126)}example.org`, /253/],
    ['https://example.org', /host name only/],
    ['example.org:443', /host name only/],
    ['exa mple.org', /host name only/],
    ['xn--a.example.org', /valid/],
  ];
  for (const [text, why] of bad) {
    it(`refuses ${text.slice(0, 40) || 'nothing'}`, () => {
      const checked = checkDomainName(text);
      assert.ok(!checked.ok);
      assert.match(checked.message, why);
    });
  }

  it('may begin with a star where DNS can prove it, and nowhere else', () => {
    assert.deepEqual(checkCertificateName('*.Bücher.de'), { ok: true, domain: '*.xn--bcher-kva.de' });
    assert.deepEqual(checkCertificateName('gateway.example.org'), { ok: true, domain: 'gateway.example.org' });
    for (const text of ['*', '*.', '*.co.uk', '*.*.example.org', 'a.*.example.org', 'a*.example.org', '*.192.0.2.1']) {
      assert.equal(checkCertificateName(text).ok, false, text);
    }
  });

  it('is told from one under which names are sold', () => {
    assert.deepEqual(
      ['dev', 'co.uk', 'github.io', 'localhost', 'buildbox', 'example.org'].map((name) => isPublicSuffix(name)),
      [true, true, true, false, false, false],
    );
  });

  it('takes a contact address and normalises its domain', () => {
    assert.deepEqual(checkEmail('admin+flm@Bücher.de'), { ok: true, email: 'admin+flm@xn--bcher-kva.de' });
  });
  for (const text of [
    'admin',
    '@example.org',
    'a b@example.org',
    'admin@localhost',
    'admin@co.uk',
    '.a@example.org',
    'a@192.0.2.1',
  ]) {
    it(`refuses ${text} as a contact address`, () => {
      assert.ok(!checkEmail(text).ok);
    });
  }
});
