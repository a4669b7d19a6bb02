import assert from 'node:assert/strict';
import { machineName, type HostFacts } from '../../../src/editor/machine-name';
import { english } from './editor-facts';

function name(host: Partial<HostFacts>): string | undefined {
  return machineName(english, {
    remoteName: undefined,
    isOnRemote: true,
    hostName: 'gpu-box',
    wslDistribution: undefined,
    ...host,
  });
}

describe('the machine whose engines are shown', () => {
  it('goes without saying in a local window', () => {
    assert.equal(name({}), undefined);
  });

  it('is named in remote windows', () => {
    assert.equal(name({ remoteName: 'ssh-remote' }), 'SSH: gpu-box');
    assert.equal(name({ remoteName: 'wsl', wslDistribution: 'Ubuntu' }), 'WSL: Ubuntu');
    assert.equal(name({ remoteName: 'dev-container' }), 'container: gpu-box');
    assert.equal(name({ remoteName: 'something-new' }), 'gpu-box');
  });

  it('goes without saying in a browser on the same machine', () => {
    assert.equal(name({ remoteName: '127.0.0.1:8080' }), undefined);
    assert.equal(name({ remoteName: 'localhost:8080' }), undefined);
    assert.equal(name({ remoteName: 'dev.example.com:443' }), 'gpu-box');
  });

  it('is this one when the extension runs locally in a remote window', () => {
    assert.equal(name({ remoteName: 'ssh-remote', isOnRemote: false }), 'this machine');
  });
});
