import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Exchange, type ExchangeHost } from '../../../src/proxy/exchange';

describe('The record of an exchange', () => {
  it('shows what a stranger wrote in one line, like every other text that is stored', () => {
    const host: ExchangeHost = {
      monotonic: () => 0,
      later: () => ({ cancel: () => undefined }),
      settled: () => undefined,
    };
    const facts = {
      id: 'req_1',
      receivedAt: 0,
      method: 'GET',
      target: '/a\r\nb\u202ec?secret',
      headers: { 'user-agent': `me\u001b[31m ${'x'.repeat(300)}` },
      rawHeaders: [],
      socketAddress: '127.0.0.1',
      clientAddress: '127.0.0.1',
      isDirectLocal: true,
      route: undefined,
      isTls: false,
    };
    const res = new EventEmitter() as unknown as ServerResponse;

    const { path, userAgent } = new Exchange(host, facts, {} as unknown as IncomingMessage, res, []).record();

    assert.equal(path, '/a\\u000d\\u000ab\\u202ec');
    assert.match(userAgent ?? '', /^me\\u001b\[31m x+…$/);
    assert.equal(userAgent?.length, 200);
  });
});
