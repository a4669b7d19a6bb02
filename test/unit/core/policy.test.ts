import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { policySchemaJson } from '../../../scripts/lib/policy-schema-file';
import { defaultPolicy, effectiveMode, parsePolicy } from '../../../src/core/policy';

function fieldsOf(raw: unknown): readonly string[] {
  const parsed = parsePolicy(raw);
  return parsed.ok ? [] : parsed.problems.map(({ field }) => field);
}

describe('security policy', () => {
  it('fills in every default of a document that names one field', () => {
    const parsed = parsePolicy({ rateLimits: { addressPerMinute: 500 } });

    assert.ok(parsed.ok);
    assert.equal(parsed.policy.rateLimits.addressPerMinute, 500);
    assert.deepEqual(parsed.policy.scoring, defaultPolicy.scoring);
  });

  it('has the thresholds the documentation names', () => {
    assert.deepEqual(defaultPolicy.authFailures.ladder, [
      { failures: 5, minutes: 30 },
      { failures: 10, minutes: 1440 },
      { failures: 20, minutes: null },
    ]);
    assert.deepEqual(
      [defaultPolicy.scoring.warnAt, defaultPolicy.scoring.blockAt, defaultPolicy.scoring.longBlockAt],
      [50, 100, 200],
    );
    assert.deepEqual([defaultPolicy.resources.engagePercent, defaultPolicy.resources.releasePercent], [90, 80]);
  });

  const bad: readonly (readonly [string, unknown, string])[] = [
    ['an unknown field', { modus: 'off' }, 'modus'],
    ['an unknown field in a group', { rateLimits: { perHour: 3 } }, 'rateLimits.perHour'],
    ['an unknown mode', { mode: 'block' }, 'mode'],
    ['a number out of bounds', { rateLimits: { addressPerMinute: 0 } }, 'rateLimits.addressPerMinute'],
    ['a range that is none', { allowlist: ['10.0.0.0/8', '10.0.0.0/33'] }, 'allowlist[1]'],
    ['an octal address', { allowlist: ['0177.0.0.1'] }, 'allowlist[0]'],
    ['trust in everybody', { trustedProxies: ['0.0.0.0/0'] }, 'trustedProxies[0]'],
    ['an origin with a path', { corsOrigins: ['https://a.example/path'] }, 'corsOrigins[0]'],
    ['a release mark above the engaging one', { resources: { releasePercent: 95 } }, 'resources.releasePercent'],
    ['a trap on a path clients ask for', { honeypots: { paths: ['/.well-known/x'] } }, 'honeypots.paths[0]'],
    [
      'a ladder that goes down',
      {
        authFailures: {
          ladder: [
            { failures: 5, minutes: 1 },
            { failures: 4, minutes: 2 },
          ],
        },
      },
      'authFailures.ladder[1].failures',
    ],
    ['a certificate mode without files', { tls: { mode: 'files' } }, 'tls.certFile'],
    [
      'a wildcard without a program that sets DNS records',
      { tls: { acme_domain: '*.example.org' } },
      'tls.acme_domain',
    ],
    [
      'a wildcard in the middle',
      { tls: { acme_domain: 'a.*.example.org', acme_dnsHook: '/opt/dns-hook' } },
      'tls.acme_domain',
    ],
    [
      'a wildcard of a public suffix',
      { tls: { acme_domain: '*.co.uk', acme_dnsHook: '/dns-hook' } },
      'tls.acme_domain',
    ],
    ['an ACME directory without TLS', { tls: { acme_directory: 'http://ca.example.org/dir' } }, 'tls.acme_directory'],
    ['an ACME directory by an unknown name', { tls: { acme_directory: 'zerossl' } }, 'tls.acme_directory'],
    ['a DNS program by a relative path', { tls: { acme_dnsHook: 'hooks/dns.sh' } }, 'tls.acme_dnsHook'],
    ['an HTTP port out of bounds', { tls: { acme_httpPort: 0 } }, 'tls.acme_httpPort'],
    ['something that is no object', [], ''],
  ];
  for (const [what, raw, field] of bad) {
    it(`refuses ${what} by name`, () => {
      assert.ok(fieldsOf(raw).includes(field), fieldsOf(raw).join());
    });
  }

  it('takes a wildcard, in its normal form, where a program sets DNS records', () => {
    const parsed = parsePolicy({ tls: { acme_domain: ' *.Bücher.de ', acme_dnsHook: 'C:\\hooks\\dns.exe' } });

    assert.ok(parsed.ok);
    assert.equal(parsed.policy.tls.acme_domain, '*.xn--bcher-kva.de');
  });

  it('accepts no terms of service and no plain HTTP by itself', () => {
    assert.deepEqual([defaultPolicy.tls.acme_terms, defaultPolicy.tls.plainHttp], [false, false]);
  });

  it('is not changed by a document that names the prototype', () => {
    parsePolicy(JSON.parse('{"__proto__": {"polluted": 1}}'));

    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => void parsePolicy(raw)),
      { numRuns: 300 },
    );
  });

  it('reads back what it wrote', () => {
    const parsed = parsePolicy(JSON.parse(JSON.stringify(defaultPolicy)));

    assert.ok(parsed.ok);
    assert.deepEqual(parsed.policy, defaultPolicy);
  });

  describe('modes', () => {
    const of = (raw: unknown) => {
      const parsed = parsePolicy(raw);
      assert.ok(parsed.ok);
      return parsed.policy;
    };

    it('observe while only this machine can reach the gateway, and enforce otherwise', () => {
      assert.equal(effectiveMode(defaultPolicy, true), 'observe');
      assert.equal(effectiveMode(defaultPolicy, false), 'enforce');
    });

    it('can be set for one service alone', () => {
      const policy = of({ services: { intrusion: 'off', anomaly: 'observe' } });

      assert.equal(effectiveMode(policy, false, 'intrusion'), 'off');
      assert.equal(effectiveMode(policy, false, 'anomaly'), 'observe');
      assert.equal(effectiveMode(policy, false, 'honeypots'), 'enforce');
    });

    it('are all off when the policy is off', () => {
      assert.equal(effectiveMode(of({ mode: 'off', services: { intrusion: 'enforce' } }), false, 'intrusion'), 'off');
    });
  });

  it('is published as a JSON Schema that is up to date (node scripts/write-schemas.mjs)', () => {
    assert.equal(readFileSync('media/schemas/security-policy.schema.json', 'utf8'), policySchemaJson());
  });
});
