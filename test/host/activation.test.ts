import assert from 'node:assert/strict';
import { extensions } from 'vscode';

describe('the extension', () => {
  it('is found', () => {
    assert.ok(extensions.getExtension('flm.flm'));
  });
});
