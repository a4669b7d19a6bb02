import assert from 'node:assert/strict';
import type { Exchange } from '../../../src/proxy/exchange';
import { OpenExchanges } from '../../../src/proxy/open-exchanges';

const makeExchange = () => ({ place: -1 }) as unknown as Exchange;

describe('OpenExchanges', () => {
  it('holds what was added until it is deleted, in whatever order that happens', () => {
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      const open = new OpenExchanges();
      const exchanges = [makeExchange(), makeExchange(), makeExchange()];
      for (const exchange of exchanges) open.add(exchange);
      const left = new Set(exchanges);
      for (const at of order) {
        const exchange = exchanges[at] as Exchange;
        open.delete(exchange);
        left.delete(exchange);
        assert.deepEqual(new Set(open.all()), left);
        assert.equal(open.size, left.size);
      }
    }
  });

  it('takes no other exchange for one that is not there', () => {
    const open = new OpenExchanges();
    const [there, gone, never] = [makeExchange(), makeExchange(), makeExchange()];
    open.add(gone);
    open.delete(gone);
    open.add(there);
    open.delete(gone);
    open.delete(never);
    assert.deepEqual(open.all(), [there]);
  });
});
