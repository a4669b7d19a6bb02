import assert from 'node:assert/strict';
import { parseConfig } from '../../../src/core/config';
import { upstreamFailure } from '../../../src/proxy/upstream-failure';

const { config } = parseConfig({
  'timeouts.connectSeconds': 3,
  'timeouts.firstByteSeconds': 44,
  'timeouts.idleSeconds': 55,
});
const failure = (code: string) =>
  upstreamFailure(Object.assign(new Error('connect 10.9.8.7:1'), { code }), 'E', config);

describe('upstreamFailure', () => {
  for (const [code, expected, setting] of [
    ['UND_ERR_CONNECT_TIMEOUT', 'connect_timeout', '3 s (setting flm.timeouts.connectSeconds)'],
    ['UND_ERR_HEADERS_TIMEOUT', 'first_byte_timeout', '44 s (setting flm.timeouts.firstByteSeconds)'],
    ['UND_ERR_BODY_TIMEOUT', 'idle_timeout', '55 s (setting flm.timeouts.idleSeconds)'],
  ] as const) {
    it(`names the setting and its value for ${expected}`, () => {
      const result = failure(code);

      assert.equal(result.code, expected);
      assert.equal(result.sign, 'timeout');
      assert.ok(result.message.includes(setting), result.message);
    });
  }

  for (const [code, expected, sign] of [
    ['ECONNREFUSED', 'engine_unreachable', 'unreachable'],
    ['ENOTFOUND', 'engine_unreachable', 'unreachable'],
    ['ECONNRESET', 'engine_unreachable', 'reset'],
    ['UND_ERR_SOCKET', 'engine_unreachable', 'reset'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'engine_unreachable', 'unreachable'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'engine_unreachable', 'unreachable'],
    ['HPE_INVALID_CONSTANT', 'engine_error', 'failed'],
    ['constructor', 'engine_error', 'failed'],
  ] as const) {
    it(`takes ${code} as ${expected} (${sign})`, () => {
      const result = failure(code);

      assert.deepEqual([result.code, result.sign], [expected, sign]);
    });
  }

  it('looks into the error of several tried addresses', () => {
    const inner = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });

    assert.equal(upstreamFailure(new AggregateError([inner]), 'E', config).sign, 'unreachable');
  });

  it('tells no addresses', () => {
    assert.ok(!failure('ECONNREFUSED').message.includes('10.9.8.7'));
  });

  it('survives a thrown value that is no error', () => {
    assert.equal(upstreamFailure('x', 'E', config).code, 'engine_error');
  });
});
