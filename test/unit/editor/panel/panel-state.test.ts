import assert from 'node:assert/strict';
import { reason } from '../../../../src/core/reason';
import { changedMembers, panelState } from '../../../../src/editor/panel/panel-state';
import { quietSharing } from '../../../helpers/quiet-sharing';
import { connected, english, makeEngine, makeProxy, now } from '../editor-facts';

describe('state of the panel', () => {
  it('puts reasons into words', () => {
    const state = panelState(english, {
      ...connected({ proxy: makeProxy({ notice: reason('proxy.portInUse', 1, 2) }) }),
      reason: reason('gateway.unreachable'),
    });

    assert.match(state.proxy?.notice ?? '', /^Port 1 is in use/);
    assert.equal(state.connection.text, 'The gateway does not answer.');
  });

  it('puts what is known of sharing into words', () => {
    const sentence = reason('proxy.portInUse', 1, 2);
    const sharing = {
      ...quietSharing,
      exposure: { ...quietSharing.exposure, notice: sentence },
      tls: { mode: 'acme', phase: 'failed', notice: sentence, cause: sentence },
      checkup: {
        at: now,
        findings: [{ check: 'engine-open', severity: 'high', what: sentence, why: sentence, fix: sentence }],
        skipped: [sentence],
        isCancelled: false,
      },
    } as const;

    const state = panelState(english, connected({ sharing }));

    const texts = [
      state.sharing?.exposure.notice,
      state.sharing?.tls.notice,
      state.sharing?.tls.cause,
      state.sharing?.checkup?.skipped[0],
      ...(['what', 'why', 'fix'] as const).map((name) => state.sharing?.checkup?.findings[0]?.[name]),
    ];
    for (const text of texts) assert.match(text ?? '', /^Port 1 is in use/);
  });

  it('names models by their canonical ids', () => {
    assert.deepEqual(panelState(english, connected({}, [makeEngine()])).models, ['ollama/llama3.2:3b']);
  });

  it('knows nothing before there was a gateway', () => {
    assert.deepEqual(panelState(english, { phase: 'idle' }), {
      connection: { phase: 'idle', text: null },
      proxy: null,
      endpoints: [],
      security: null,
      sharing: null,
      models: [],
    });
  });

  it('tells only what changed', () => {
    const before = panelState(english, connected({ proxy: makeProxy() }));
    const after = panelState(english, connected({ proxy: makeProxy({ inFlight: 2 }) }));

    assert.deepEqual(changedMembers(before, after), { proxy: after.proxy });
    assert.equal(changedMembers(after, structuredClone(after)), undefined);
  });
});
