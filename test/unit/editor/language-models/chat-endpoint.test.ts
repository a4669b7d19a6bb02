import assert from 'node:assert/strict';
import type { SettingKey } from '../../../../src/core/config-schema';
import { reason } from '../../../../src/core/reason';
import type { Gateway, GatewayStatus } from '../../../../src/editor/gateway-port';
import { ChatEndpoint } from '../../../../src/editor/language-models/chat-endpoint';
import type { ProxyState } from '../../../../src/protocol/gateway-rpc';
import { quietSharing } from '../../../helpers/quiet-sharing';
import { connected, english, makeProxy } from '../editor-facts';

function make(status: GatewayStatus, started: ProxyState) {
  const requests: string[] = [];
  const gateway = {
    status,
    request: (name: string) => {
      requests.push(name);
      return Promise.resolve(started);
    },
  } as Pick<Gateway, 'status' | 'request'>;
  const settings = { get: (name: SettingKey) => (name === 'proxy.exposure' ? 'machine' : undefined) as never };
  return { endpoint: new ChatEndpoint(gateway, settings, english), requests };
}

const off = makeProxy({ phase: 'off' });

describe('where a chat goes', () => {
  it('is the proxy that is on', async () => {
    const { endpoint, requests } = make(connected({ proxy: makeProxy() }), off);

    assert.equal(await endpoint.get(), 'http://127.0.0.1:11435/v1');
    assert.deepEqual(requests, []);
  });

  it('is the proxy that is started for it', async () => {
    const { endpoint, requests } = make(connected(), makeProxy());

    assert.equal(await endpoint.get(), 'http://127.0.0.1:11435/v1');
    assert.deepEqual(requests, ['proxy/start']);
  });

  it('is nowhere when starting the proxy would open it to other machines', async () => {
    const sharing = { ...quietSharing, exposure: { ...quietSharing.exposure, scope: 'all' as const } };
    const { endpoint, requests } = make(connected({ sharing }), makeProxy());

    await assert.rejects(endpoint.get(), /opens it to other machines/);
    assert.deepEqual(requests, []);
  });

  it('says why the proxy did not start', async () => {
    const failed: ProxyState = {
      phase: 'failed',
      inFlight: 0,
      requests: 0,
      notice: reason('engine.unreachable', '127.0.0.1'),
    };
    const { endpoint } = make(connected(), failed);

    await assert.rejects(endpoint.get(), /could not be started\. This machine has no way to 127\.0\.0\.1/);
  });
});
