import assert from 'node:assert/strict';
import type { ApiKey } from '../../../../src/core/api-key';
import { reason } from '../../../../src/core/reason';
import { hasSharing, maxRows, sharingNodes } from '../../../../src/editor/tree/sharing-nodes';
import { sharingTooltip } from '../../../../src/editor/tree/sharing-tooltips';
import type { SecuritySummary } from '../../../../src/protocol/security-rpc';
import { english, makeSecurity, now } from '../editor-facts';
import { makeBlock, makeKey } from '../security-facts';
import { hourMs, makeShare } from '../shares/share-fixtures';

function rows(security: Partial<SecuritySummary>, keys: readonly ApiKey[] = [], today: [string, number][] = []) {
  return sharingNodes(english, makeSecurity(security), { keys, requestsToday: new Map(today) }, now);
}

describe('rows of the sharing view', () => {
  it('are none before there is a gateway', () => {
    assert.deepEqual(sharingNodes(english, undefined, { keys: [], requestsToday: new Map() }, now), []);
  });

  it('show a key with its models, end and use', () => {
    const [key] = rows({}, [makeKey({ scope: { models: ['a', 'b'] } })], [['abcdefghijkl', 14]]);

    assert.equal(key!.label, 'tablet');
    assert.equal(key!.description, '2 models · 14 requests today');
    assert.equal(key!.contextValue, ';key;normal;');
  });

  it('show a share with who, how long and how much, and not its key beside it', () => {
    const share = makeShare({
      limits: { requestsPerDay: 200 },
      requestsToday: 14,
      expiresAt: now + 3 * hourMs,
    });
    const keys = { keys: [makeKey({ id: share.keyId, shareId: share.id })], requestsToday: new Map<string, number>() };
    const nodes = sharingNodes(english, makeSecurity(), keys, now, [share]);

    assert.deepEqual(
      nodes.map(({ id, label, description, contextValue }) => [id, label, description, contextValue]),
      [[`share:${share.id}`, 'colleague', '192.168.1.7 · 3 h left · 14 of 200 requests today', ';share;addresses;']],
    );
    const tooltip = sharingTooltip(english, nodes[0]!, now);
    assert.match(tooltip, /\| Reachable on \| 192\\\.168\\\.1\\\.20 \|/);
    assert.match(tooltip, /\| Requests per day \| 200 \|/);
  });

  it('show decoys, but neither revoked nor expired keys', () => {
    const keys = [
      makeKey({ id: 'a', kind: 'decoy' }),
      makeKey({ id: 'b', revokedAt: 1 }),
      makeKey({ id: 'c', expiresAt: now - 1 }),
    ];

    assert.deepEqual(
      rows({}, keys).map(({ id }) => id),
      ['key:a'],
    );
  });

  it('show a block with its countdown', () => {
    const [block] = rows({ blocks: [makeBlock()] });

    assert.equal(block!.label, '203.0.113.9');
    assert.equal(block!.description, 'blocked 27 min more · touched decoy paths');
    assert.equal(block!.contextValue, ';block;auto;temporary;');
    assert.match(block!.accessibilityLabel, /^Blocked address 203\.0\.113\.9, blocked 27 min more/);
  });

  it('leave out a block whose time is over though the gateway still lists it', () => {
    assert.deepEqual(rows({ blocks: [makeBlock({ expiresAt: now })] }), []);
  });

  it('begin with trouble of the storage and why', () => {
    const storage = { kind: 'degraded', reason: reason('storage.diskFull') } as const;
    const [trouble] = rows({ storage, blocks: [makeBlock()] });

    assert.equal(trouble!.label, 'Records are kept in memory only');
    assert.match(trouble!.description!, /^The disk is full\./);
  });

  it('say that nothing is kept when the storage is read-only', () => {
    const storage = { kind: 'read-only', reason: reason('storage.lockLost', '/data') } as const;

    assert.equal(rows({ storage })[0]!.label, 'Records are not kept');
  });

  it('say what resource protection does', () => {
    assert.match(rows({ load: { throttle: 3 } })[0]!.description!, /no new requests from other machines/);
  });

  it('lead to a list where there are too many to look at', () => {
    const blocks = Array.from({ length: maxRows + 5 }, (_, index) => makeBlock({ range: `10.0.0.${index}` }));
    const last = rows({ blocks }).at(-1)!;

    assert.equal(last.label, '5 More…');
    assert.equal(last.kind === 'note' && last.command, 'flm.blocks.manage');
  });
});

describe('the sharing view', () => {
  const none = { keys: [], requestsToday: new Map<string, number>() };

  it('is there only while there is something to tell', () => {
    assert.equal(hasSharing(undefined, none), false);
    assert.equal(hasSharing(makeSecurity(), none), false);
    assert.equal(hasSharing(makeSecurity({ usableKeys: 1 }), none), true);
    assert.equal(hasSharing(makeSecurity({ blocks: [makeBlock()] }), none), true);
    assert.equal(hasSharing(makeSecurity({ load: { throttle: 1 } }), none), true);
    assert.equal(hasSharing(makeSecurity(), { ...none, keys: [makeKey({ kind: 'decoy' })] }), true);
  });
});

describe('tooltips of the sharing view', () => {
  it('answer what was seen, why and until when, as text', () => {
    const [block] = rows({ blocks: [makeBlock({ reason: '<b>[x](command:y)|', note: 'a|b' })] });
    const tooltip = sharingTooltip(english, block!, now);

    assert.match(tooltip, /\| Why \| touched decoy paths \|/);
    assert.match(tooltip, /\| What was seen \| \\<b\\>\\\[x\\\]\\\(command\\:y\\\)\\\| \|/);
    assert.match(tooltip, /\| Note \| a\\\|b \|/);
  });

  it('show of a key what is public', () => {
    const [key] = rows({}, [makeKey({ scope: { requestsPerMinute: 60 } })]);
    const tooltip = sharingTooltip(english, key!, now);

    assert.match(tooltip, /flm\\-abcdefghijkl\\-…/);
    assert.match(tooltip, /\| Requests per minute \| 60 \|/);
  });
});
