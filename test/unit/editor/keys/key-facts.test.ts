import assert from 'node:assert/strict';
import { keyFacts, keyStanding, publicPart, scopeLines, sortKeys } from '../../../../src/editor/keys/key-facts';
import { english, now } from '../editor-facts';
import { dayMs, makeKey, minuteMs } from '../security-facts';

const facts = (key: Parameters<typeof makeKey>[0], today?: number) =>
  keyFacts(english, makeKey(key), now, today).join(' · ');

describe('what is said of a key', () => {
  it('models, end and use of today, as in the sidebar', () => {
    const scope = { models: ['ollama/a', 'ollama/b'] };

    // 2026-11-22 is a Sunday.
    assert.equal(facts({ scope, expiresAt: now + 5 * dayMs }, 14), '2 models · until Fri · 14 requests today');
  });

  it('the date where a weekday could be the wrong one', () => {
    assert.match(facts({ expiresAt: now + 7 * dayMs }), /until Nov 29, 2026/);
    assert.match(facts({ expiresAt: now + 60 * minuteMs }), /until \d\d:\d\d/);
  });

  it('the one model by its name, and all models as all', () => {
    assert.match(facts({ scope: { models: ['ollama/a'] } }), /^ollama\/a · /);
    assert.match(facts({}), /^all models · /);
  });

  it('the last use when there was none today', () => {
    assert.equal(facts({ lastUsedAt: now - 5 * minuteMs }, 0), 'all models · used 5 min ago');
    assert.equal(facts({}), 'all models · never used');
  });

  it('that it is revoked, before anything else', () => {
    const key = { revokedAt: now - 1, expiresAt: now - 2 };

    assert.equal(keyStanding(makeKey(key), now), 'revoked');
    assert.match(facts(key), /^revoked/);
  });

  it('that it has expired', () => {
    assert.equal(keyStanding(makeKey({ expiresAt: now }), now), 'expired');
  });

  it('how long the secret from before a rotation still works', () => {
    assert.match(facts({ graceUntil: now + 60 * minuteMs }), /old secret for 1 h more/);
    assert.doesNotMatch(facts({ graceUntil: now - 1 }), /old secret/);
  });

  it('its public part, never more', () => {
    assert.equal(publicPart(makeKey()), 'flm-abcdefghijkl-…');
  });

  it('its limits, and nothing where there is none', () => {
    assert.deepEqual(scopeLines(english, {}), []);
    assert.deepEqual(scopeLines(english, { tokensPerDay: 100_000, requestsPerMinute: 60 }), [
      ['Requests per minute', '60'],
      ['Tokens per day', '100k'],
    ]);
  });

  it('without control or direction-changing characters', () => {
    const label = scopeLines(english, { models: ['a\u202eb\nc'] })[0]![1];

    assert.equal(label, 'a b c');
  });
});

describe('the order of keys', () => {
  it('is usable, decoys, expired, revoked, the newest first', () => {
    const keys = [
      makeKey({ id: 'revoked', revokedAt: 1 }),
      makeKey({ id: 'expired', expiresAt: 1 }),
      makeKey({ id: 'decoy', kind: 'decoy' }),
      makeKey({ id: 'older', createdAt: 1 }),
      makeKey({ id: 'newer', createdAt: 2 }),
    ];

    assert.deepEqual(
      sortKeys(keys, now).map(({ id }) => id),
      ['newer', 'older', 'decoy', 'expired', 'revoked'],
    );
  });
});
