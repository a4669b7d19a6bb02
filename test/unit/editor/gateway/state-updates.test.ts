import assert from 'node:assert/strict';
import { emptyEnginesSnapshot } from '../../../../src/core/engine';
import { applyNotification } from '../../../../src/editor/gateway/state-updates';
import type { GatewayState } from '../../../../src/protocol/gateway-rpc';
import { quietSecurity } from '../../../helpers/quiet-security';
import { quietSharing } from '../../../helpers/quiet-sharing';

describe('state after a notification', () => {
  const state: GatewayState = {
    proxy: { phase: 'off', inFlight: 0, requests: 0 },
    engines: { ...emptyEnginesSnapshot, revision: 5 },
    configProblems: [],
    security: quietSecurity,
    sharing: quietSharing,
    pid: 1,
    startedAt: 0,
  };

  it('has the new engines', () => {
    const engines = { ...emptyEnginesSnapshot, revision: 6 };

    assert.equal(applyNotification(state, 'engines/changed', engines).engines, engines);
  });

  it('ignores engines older than those known', () => {
    const engines = { ...emptyEnginesSnapshot, revision: 4 };

    assert.equal(applyNotification(state, 'engines/changed', engines), state);
  });

  it('has what is shared now', () => {
    const sharing = { ...quietSharing, exposure: { ...quietSharing.exposure, scope: 'all' as const } };

    assert.equal(applyNotification(state, 'sharing/changed', sharing).sharing, sharing);
  });

  it('gains and loses the demo engine', () => {
    const running = applyNotification(state, 'demo/changed', { baseUrl: 'http://x' });

    assert.equal(running.demoEngine, 'http://x');
    assert.deepEqual(applyNotification(running, 'demo/changed', {}), state);
  });

  it('follows which window is in front', () => {
    const known = applyNotification(state, 'window/front', { window: 'a' });

    assert.equal(known.frontWindow, 'a');
    assert.deepEqual(applyNotification(known, 'window/front', {}), state);
  });
});
