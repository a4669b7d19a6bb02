import assert from 'node:assert/strict';
import { listEndpoints, type EndpointFacts } from '../../../../src/gateway/exposure/endpoints';
import { hostNames } from '../../../../src/gateway/exposure/host-names';
import { laptop } from './exposure-facts';

const list = (facts: Partial<EndpointFacts>) =>
  listEndpoints({ port: 11435, exposed: [], isTls: true, machine: laptop, hostNames: [], domains: [], ...facts });
const urls = (facts: Partial<EndpointFacts>) => list(facts).map(({ url }) => url);

describe('ways to the proxy', () => {
  it('are none while it is off', () => {
    assert.deepEqual(list({ port: undefined, exposed: ['10.0.0.7'] }), []);
  });

  it('are loopback alone while nothing is open beyond', () => {
    assert.deepEqual(list({ hostNames: ['desk'], domains: ['llm.example.org'] }), [
      { from: 'machine', url: 'http://127.0.0.1:11435/v1', isTls: false },
    ]);
  });

  it('are this machine, its public name, addresses and names', () => {
    const exposed = ['10.0.0.7', '2001:db8::5', 'fe80::1%eth0'];

    assert.deepEqual(urls({ exposed, hostNames: ['desk.local'], domains: ['llm.example.org', '*.example.org'] }), [
      'http://127.0.0.1:11435/v1',
      'https://llm.example.org:11435/v1',
      'https://10.0.0.7:11435/v1',
      'https://[2001:db8::5]:11435/v1',
      'https://desk.local:11435/v1',
    ]);
  });

  it('name the interface, and plain HTTP as what it is', () => {
    assert.deepEqual(list({ exposed: ['10.0.0.7'], isTls: false })[1], {
      from: 'network',
      url: 'http://10.0.0.7:11435/v1',
      isTls: false,
      interfaceName: 'wlan0',
    });
  });
});

describe('names of this machine', () => {
  it('are its host name, the short one and the one of multicast DNS, which is told only where something answers', () => {
    assert.deepEqual(
      hostNames('Desk.corp.example', 'linux', () => false),
      {
        told: ['desk.corp.example'],
        accepted: ['desk.corp.example', 'desk', 'desk.local'],
      },
    );
    assert.deepEqual(hostNames('desk', 'linux', () => true).told, ['desk', 'desk.local']);
    assert.deepEqual(hostNames('MacBook.local', 'darwin').told, ['macbook.local']);
  });

  for (const name of ['localhost', '', '10.0.0.7', 'bad_name!', '-x', '*.example.org']) {
    it(`are none for ${JSON.stringify(name)}`, () => {
      assert.deepEqual(hostNames(name, 'darwin'), { told: [], accepted: [] });
    });
  }
});
