import assert from 'node:assert/strict';
import { forwardingHeader } from '../../../src/core/forwarding-header';

describe('forwardingHeader', () => {
  for (const name of [
    'x-forwarded-for',
    'x-forwarded-proto',
    'forwarded',
    'via',
    'cf-connecting-ip',
    'x-real-ip',
    'ngrok-trace-id',
    'x-azure-clientip',
    'tailscale-user-login',
  ]) {
    it(`takes ${name} as a sign of a proxy in front`, () => {
      assert.equal(forwardingHeader({ host: 'localhost', [name]: 'x' }), name);
    });
  }

  it('takes an empty header as a sign too', () => {
    assert.equal(forwardingHeader({ 'x-forwarded-for': '' }), 'x-forwarded-for');
  });

  it('finds nothing in the headers of ordinary clients', () => {
    const headers = {
      host: 'localhost',
      'user-agent': 'OpenAI/JS 6',
      'x-stainless-lang': 'js',
      authorization: 'Bearer x',
    };

    assert.equal(forwardingHeader(headers), undefined);
  });
});
