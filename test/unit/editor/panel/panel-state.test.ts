import assert from 'node:assert/strict';
import { reason } from '../../../../src/core/reason';
import { listEndpoints } from '../../../../src/editor/panel/panel-endpoints';
import { changedMembers, panelState } from '../../../../src/editor/panel/panel-state';
import { connected, english, makeEngine, makeProxy } from '../editor-facts';

describe('state of the panel', () => {
  it('puts reasons into words', () => {
    const state = panelState(
      english,
      {
        ...connected({ proxy: makeProxy({ notice: reason('proxy.portInUse', 1, 2) }) }),
        reason: reason('gateway.unreachable'),
      },
      [],
    );

    assert.match(state.proxy?.notice ?? '', /^Port 1 is in use/);
    assert.equal(state.connection.text, 'The gateway does not answer.');
  });

  it('names models by their canonical ids', () => {
    assert.deepEqual(panelState(english, connected({}, [makeEngine()]), []).models, ['ollama/llama3.2:3b']);
  });

  it('knows nothing before there was a gateway', () => {
    assert.deepEqual(panelState(english, { phase: 'idle' }, []), {
      connection: { phase: 'idle', text: null },
      proxy: null,
      endpoints: [],
      security: null,
      models: [],
    });
  });

  it('tells only what changed', () => {
    const before = panelState(english, connected({ proxy: makeProxy() }), []);
    const after = panelState(english, connected({ proxy: makeProxy({ inFlight: 2 }) }), []);

    assert.deepEqual(changedMembers(before, after), { proxy: after.proxy });
    assert.equal(changedMembers(after, structuredClone(after)), undefined);
  });
});

describe('endpoints', () => {
  const addresses = ['192.168.1.20', '2001:db8::20'];

  it('are none while the proxy is off', () => {
    assert.deepEqual(listEndpoints({ phase: 'off', inFlight: 0, requests: 0 }, addresses), []);
  });

  it('are this machine alone on loopback', () => {
    assert.deepEqual(listEndpoints(makeProxy(), addresses), [{ from: 'machine', url: 'http://127.0.0.1:11435/v1' }]);
  });

  it('are every address of the machine behind a wildcard, IPv6 in brackets', () => {
    const proxy = makeProxy({ host: '0.0.0.0', endpoint: 'http://0.0.0.0:11435/v1' });

    assert.deepEqual(listEndpoints(proxy, addresses), [
      { from: 'machine', url: 'http://127.0.0.1:11435/v1' },
      { from: 'network', url: 'http://192.168.1.20:11435/v1' },
      { from: 'network', url: 'http://[2001:db8::20]:11435/v1' },
    ]);
  });

  it('are the one address the proxy listens on', () => {
    const proxy = makeProxy({ host: '192.168.1.20', endpoint: 'https://192.168.1.20:11435/v1' });

    assert.deepEqual(listEndpoints(proxy, addresses), [{ from: 'network', url: 'https://192.168.1.20:11435/v1' }]);
  });
});
