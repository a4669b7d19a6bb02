import assert from 'node:assert/strict';
import type { ShareAudience } from '../../../../src/core/share';
import { needsConsent, summaryText, type SummaryFacts } from '../../../../src/editor/shares/share-summary';
import { english, now } from '../editor-facts';
import { hourMs, wifi } from './share-fixtures';

function summary(audience: ShareAudience, over: Partial<SummaryFacts> = {}) {
  const params = { label: 'Mia', audience, limits: {} };
  return summaryText(english, { params, machine: [wifi], protection: 'encrypted', isProxyOff: false, ...over });
}

describe('the summary before a share', () => {
  it('says who comes in, over which addresses, what for, how much and until when', () => {
    const { message, detail } = summary(
      { type: 'addresses', ranges: ['192.168.1.7'] },
      {
        params: {
          label: 'Mia',
          audience: { type: 'addresses', ranges: ['192.168.1.7'] },
          limits: { models: ['ollama/a', 'ollama/b'], routes: ['/v1/embeddings'], requestsPerDay: 200 },
          expiresAt: now + hourMs,
        },
      },
    );

    assert.equal(message, 'Share your models as “Mia”?');
    assert.match(detail, /comes from 192\.168\.1\.7\. Everybody else is refused/);
    assert.match(detail, /Over: 192\.168\.1\.20, besides this machine/);
    assert.match(detail, /What: ollama\/a, ollama\/b\./);
    assert.match(detail, /Only for: \/v1\/embeddings\./);
    assert.match(detail, /200 requests a day/);
    assert.match(detail, /Until when: .*ends by itself/);
  });

  it('names chosen networks with their addresses, and where they are reached', () => {
    const machine = [
      wifi,
      { ...wifi, address: '2001:db8::20', family: 6, range: '2001:db8::/64', kind: 'public' } as const,
    ];
    const { detail } = summary({ type: 'lan', interfaces: ['Wi-Fi'] }, { machine });

    assert.match(detail, /everybody in 192\.168\.1\.0\/24, 2001:db8::\/64 \(Wi-Fi\) who has the key/);
    assert.match(detail, /Over: 192\.168\.1\.20, 2001:db8::20, besides this machine/);
  });

  it('says plainly that everything is open where it is', () => {
    const { detail } = summary({ type: 'internet' });

    assert.match(detail, /everybody who has the key, from anywhere/);
    assert.match(detail, /every address of this machine/);
    assert.match(detail, /What: all models\./);
    assert.match(detail, /until you stop it/);
  });

  it('says what is not encrypted in capitals, and what has to be trusted', () => {
    assert.match(summary({ type: 'lan' }, { protection: 'plain' }).detail, /NOT encrypted/);
    assert.match(summary({ type: 'lan' }, { protection: 'self-signed' }).detail, /has to trust it once/);
  });

  it('says that the proxy will be started', () => {
    assert.match(summary({ type: 'lan' }, { isProxyOff: true }).detail, /will be started/);
  });

  it('shows names as text', () => {
    const params = { label: 'a[b](command:x)$(trash)', audience: { type: 'lan' }, limits: {} } as const;

    assert.ok(!/\]\(|\$\(/.test(summary({ type: 'lan' }, { params }).message));
  });

  it('is needed for whoever is not this machine', () => {
    const needed = (audience: ShareAudience) => needsConsent({ label: 'x', audience, limits: {} });

    assert.deepEqual(
      [needed({ type: 'machine' }), needed({ type: 'lan' }), needed({ type: 'addresses', ranges: ['10.0.0.1'] })],
      [false, true, true],
    );
  });
});
