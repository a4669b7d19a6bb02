import assert from 'node:assert/strict';
import { dotenvSnippet, environmentSnippet } from '../../../../src/editor/keys/key-snippets';

const target = { endpoint: 'http://127.0.0.1:11435/v1', secret: 'flm-abcdefghijkl-S3cret_-' };

describe('snippets of a key', () => {
  it('set both variables in the words of the shell', () => {
    assert.equal(
      environmentSnippet(target, 'posix'),
      "export OPENAI_BASE_URL='http://127.0.0.1:11435/v1'\nexport OPENAI_API_KEY='flm-abcdefghijkl-S3cret_-'\n",
    );
    assert.match(environmentSnippet(target, 'powershell'), /^\$env:OPENAI_BASE_URL = 'http/);
    assert.match(environmentSnippet(target, 'cmd'), /^set "OPENAI_BASE_URL=http/);
  });

  it('are lines of a .env file', () => {
    assert.equal(
      dotenvSnippet(target),
      'OPENAI_BASE_URL=http://127.0.0.1:11435/v1\nOPENAI_API_KEY=flm-abcdefghijkl-S3cret_-\n',
    );
  });
});
