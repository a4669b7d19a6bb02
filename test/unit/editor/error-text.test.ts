import assert from 'node:assert/strict';
import { FlmError } from '../../../src/core/errors';
import { errorText } from '../../../src/editor/error-text';
import { english } from './editor-facts';

describe('what a failed command says', () => {
  it('is nothing when the user cancelled it', () => {
    assert.equal(errorText(english, new FlmError('cancelled', 'x')), undefined);
  });

  it('names the code, so that it can be looked up', () => {
    assert.equal(
      errorText(english, new FlmError('storage_failed', 'disk full')),
      'FLM could not do that (storage_failed): disk full',
    );
  });

  it('says what to do where FLM knows', () => {
    assert.match(errorText(english, new FlmError('version_mismatch', 'x'))!, /Reload this window/);
  });

  it('is the message alone where something asked for cannot be', () => {
    const error = new FlmError('invalid_request', '192.168.1.5 is on the allowlist');

    assert.equal(errorText(english, error), '192.168.1.5 is on the allowlist');
  });

  it('takes whatever was thrown', () => {
    assert.equal(errorText(english, 'plain text'), 'FLM could not do that: plain text');
  });

  it('makes no link of the message', () => {
    assert.doesNotMatch(errorText(english, new Error('[x](command:evil)'))!, /\]\(/);
  });
});
