import assert from 'node:assert/strict';
import { OriginGuard } from '../../../src/proxy/origin-guard';

const guard = new OriginGuard([
  'http://localhost:3000',
  'https://App.Example/',
  'vscode-webview://*',
  '*',
  'https://*',
  'null',
]);
const type = (headers: Record<string, string>) => guard.check(headers).type;

describe('OriginGuard', () => {
  it('sees no page behind a request without Origin', () => {
    assert.equal(type({}), 'none');
    assert.equal(type({ 'sec-fetch-site': 'none' }), 'none');
  });

  for (const origin of ['http://localhost:3000', 'https://app.example', 'vscode-webview://1a2b3c']) {
    it(`allows the configured ${origin}`, () => {
      assert.deepEqual(guard.check({ origin }), { type: 'allowed', origin });
    });
  }

  for (const origin of [
    'http://localhost:3001',
    'http://localhost',
    'https://localhost:3000',
    'http://localhost:3000.evil.example',
    'https://evil.example',
    'null',
    'file://',
    'chrome-extension://abc',
    '',
  ]) {
    it(`refuses ${JSON.stringify(origin)}`, () => {
      assert.equal(type({ origin }), 'refused');
    });
  }

  it('refuses an origin that equals the Host, which is what rebinding yields', () => {
    assert.equal(type({ host: '127.0.0.1:11435', origin: 'http://127.0.0.1:11435' }), 'refused');
  });

  for (const site of ['cross-site', 'same-site']) {
    it(`refuses a request of another page that hides its origin (${site})`, () => {
      assert.equal(type({ 'sec-fetch-site': site }), 'refused');
    });
  }

  it('allows nobody by default', () => {
    assert.equal(new OriginGuard([]).check({ origin: 'vscode-webview://x' }).type, 'refused');
  });
});
