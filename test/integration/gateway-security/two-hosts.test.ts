import assert from 'node:assert/strict';
import { HeadlessGateway } from '../../helpers/headless-gateway';
import { NetworkNamespaces, type GuestHost } from '../../helpers/network-namespaces';
import { builtGateway } from '../gateway/built-gateway';

const chatPath = '/v1/chat/completions';

describe('hosts in the network', function () {
  this.timeout(90_000);
  let hosts: NetworkNamespaces;
  let friend: GuestHost;
  let stranger: GuestHost;
  let gateway: HeadlessGateway;
  let key: string;
  const toDispose: (() => void | Promise<void>)[] = [];
  let model: string;

  before(async function () {
    const obstacle = NetworkNamespaces.obstacle();
    if (obstacle !== undefined) {
      console.log(`      left out: ${obstacle}`);
      this.skip();
    }
    await builtGateway();
    hosts = new NetworkNamespaces(['friend', 'stranger']);
    toDispose.push(() => hosts.dispose());
    [friend, stranger] = hosts.guests as [GuestHost, GuestHost];
    gateway = await HeadlessGateway.start({
      args: ['--port', '0', '--expose', 'all'],
      within: hosts.within('gateway'),
    });
    toDispose.push(() => gateway.dispose());
    await gateway.setPolicy({ tls: { plainHttp: true } });
    key = (await gateway.createKey('friend', { scope: { addresses: [friend.address] } })).secret;
    await exposedOn(friend.gateway, stranger.gateway);
    await gateway.request('demo/start', {});
    model = await gateway.until('the demo engine', async () => {
      const { engines } = await gateway.request('engines/refresh', {});
      const demo = engines.find(({ models }) => models.some(({ capabilities }) => capabilities.includes('chat')));
      return demo === undefined ? undefined : `${demo.id}/${demo.models[0]?.id ?? ''}`;
    });
  });
  after(async () => {
    for (const dispose of toDispose.splice(0).reverse()) await dispose();
  });

  function exposedOn(...addresses: readonly string[]): Promise<unknown> {
    return gateway.until(`it is exposed on ${addresses.join(', ')}`, () => {
      const open = gateway.sharings.at(-1)?.exposure.addresses.filter((address) => !address.includes(':'));
      return open?.join() === addresses.join() ? true : undefined;
    });
  }

  const ask = (host: GuestHost, head: readonly string[], body = '', to = host.gateway) =>
    hosts.send(host.name, to, gateway.port, [...head, `Host: ${to}`, 'Connection: close', '', body].join('\r\n'));
  const withKey = (): string => `Authorization: Bearer ${key}`;
  const statusOf = (answer: string): string => answer.split(' ')[1] ?? answer;
  const codeOf = (answer: string): string | undefined => /"code":"(\w+)"/.exec(answer)?.[1];

  it('with the key and the address it is for gets its answer', async () => {
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] });
    const head = [`POST ${chatPath} HTTP/1.1`, withKey(), 'Content-Type: application/json'];

    const answer = await ask(friend, [...head, `Content-Length: ${Buffer.byteLength(body)}`], body);

    assert.equal(statusOf(answer), '200', answer);
    assert.match(answer, /"choices"/);
  });

  it('with the key but another address is refused, before it sent a byte of its body', async () => {
    const head = [`POST ${chatPath} HTTP/1.1`, withKey(), 'Content-Type: application/json', 'Content-Length: 1000000'];

    const answer = await ask(stranger, head);

    assert.deepEqual([statusOf(answer), codeOf(answer)], ['403', 'key_out_of_scope']);
    const row = await gateway.until(
      'the access record',
      async () => (await gateway.request('access/query', { address: stranger.address })).rows[0],
    );
    assert.deepEqual([row.outcome, row.bytesIn], ['refused', 0]);
  });

  it('is who the wire says, whatever its headers claim', async () => {
    for (const claim of [
      `X-Forwarded-For: ${friend.address}`,
      `Forwarded: for=${friend.address}`,
      `X-Real-IP: ${friend.address}`,
      'X-Forwarded-For: 127.0.0.1',
      `X-Forwarded-For: 127.0.0.1, ${friend.address}`,
    ]) {
      const answer = await ask(stranger, ['GET /v1/models HTTP/1.1', withKey(), claim]);

      assert.equal(codeOf(answer), 'key_out_of_scope', claim);
    }
  });

  it('is refused on the address of another cable, too: a route there does not help', async () => {
    const answer = await ask(stranger, ['GET /v1/models HTTP/1.1', withKey()], '', friend.gateway);

    assert.equal(codeOf(answer), 'key_out_of_scope');
  });

  it('without a key gets nothing, by whatever name it calls', async () => {
    for (const to of [friend, stranger]) {
      assert.equal(codeOf(await ask(to, ['GET /v1/models HTTP/1.1'])), 'key_missing');
    }
    const named = await hosts.send(
      friend.name,
      friend.gateway,
      gateway.port,
      'GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    assert.equal(codeOf(named), 'key_missing');
  });

  it('reaches an address that comes while the gateway runs, and not one that went', async () => {
    const later = '10.77.1.9';
    hosts.ip('gateway', 'address', 'add', `${later}/24`, 'dev', friend.gatewayInterface);
    await exposedOn(friend.gateway, later, stranger.gateway);
    assert.equal(statusOf(await ask(friend, ['GET /v1/models HTTP/1.1', withKey()], '', later)), '200');

    hosts.ip('gateway', 'address', 'delete', `${later}/24`, 'dev', friend.gatewayInterface);

    await exposedOn(friend.gateway, stranger.gateway);
  });
});
