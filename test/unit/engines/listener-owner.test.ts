import assert from 'node:assert/strict';
import { parentEngineOf, parseListeningInodes } from '../../../src/engines/listener-owner';
import { fakeHost } from '../../helpers/fake-host';

const table = [
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
  '   0: 0100007F:9C40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0 0 10 0',
  '   1: 0100007F:9C40 0100007F:1234 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0 20 4 0 10 -1',
].join('\n');

function machine(parent: string, environ = '') {
  return fakeHost({
    files: {
      '/proc/net/tcp': table,
      '/proc/77/comm': 'llama-server\n',
      '/proc/77/status': 'Name:\tllama-server\nPPid:\t76\n',
      '/proc/77/environ': environ,
      '/proc/76/comm': `${parent}\n`,
    },
    folders: { '/proc': ['self', '1', '77'], '/proc/77/fd': ['0', '3'] },
    links: { '/proc/77/fd/3': 'socket:[4711]' },
  });
}

describe('children of engines', () => {
  it('are found by the listening socket of their port', () => {
    assert.deepEqual(parseListeningInodes(table, 40_000), ['4711']);
    assert.deepEqual(parseListeningInodes(table, 40_001), []);
  });

  it('belong to Ollama when Ollama is their parent', async () => {
    assert.equal(await parentEngineOf(machine('ollama'), 40_000), 'Ollama');
  });

  it('belong to a llama.cpp router when it told them its port', async () => {
    assert.equal(await parentEngineOf(machine('tini', 'A=1\0LLAMA_SERVER_ROUTER_PORT=8080\0'), 40_000), 'llama.cpp');
  });

  it('are nobody’s when a shell started them', async () => {
    assert.equal(await parentEngineOf(machine('bash'), 40_000), undefined);
  });

  it('cannot be told on other systems, or without /proc', async () => {
    assert.equal(await parentEngineOf(fakeHost({ platform: 'win32' }), 40_000), undefined);
    assert.equal(await parentEngineOf(fakeHost(), 40_000), undefined);
  });
});
