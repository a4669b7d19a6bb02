import assert from 'node:assert/strict';
import type { Statistics, UsageSummary } from '../../../../src/core/audit-query';
import { sparkline } from '../../../../src/editor/audit/sparkline';
import { statisticsPage } from '../../../../src/editor/audit/statistics-page';
import { english, now } from '../editor-facts';
import { dayMs } from '../security-facts';

const hourMs = 60 * 60 * 1000;
const span = { from: now - dayMs, to: now };

function summary(name: string): UsageSummary {
  return {
    name,
    requests: 412,
    refused: 2,
    tokensIn: 80_000,
    tokensOut: 8000,
    bytesOut: 1_000_000,
    lastAt: now - 5000,
  };
}

function makeStatistics(statistics: Partial<Statistics> = {}): Statistics {
  const bucket = { at: 1, requests: 2, refused: 1, failed: 0, tokensIn: 1000, tokensOut: 10, alerts: 0 };
  return { bucketMs: hourMs, buckets: [bucket, bucket], byKey: [], byModel: [], byAddress: [], ...statistics };
}

describe('the page of statistics', () => {
  it('sums up and draws the course of time', () => {
    assert.match(statisticsPage(english, makeStatistics(), span, new Map()), /\| Requests \| 4 \| `██` \|/);
  });

  it('calls keys by their names and callers without one by what they are', () => {
    const labels = new Map([['abcdefghijkl', 'tablet']]);
    const byKey = [summary('-'), summary('abcdefghijkl'), summary('gone')];
    const page = statisticsPage(english, makeStatistics({ byKey }), span, labels);

    assert.match(page, /this machine\\, without a key \| 412 \| 2 \| 80k \| 8k \| 1\.0 MB \| 5 s ago/);
    assert.match(page, /\| tablet \| 412/);
    assert.match(page, /\| gone \| 412/);
  });

  it('says so when nothing happened', () => {
    assert.match(statisticsPage(english, makeStatistics({ buckets: [] }), span, new Map()), /No request came/);
  });
});

describe('a sparkline', () => {
  it('is as high as the share of the largest, and a dot for nothing', () => {
    assert.equal(sparkline([0, 1, 4, 8]), '·▁▄█');
    assert.equal(sparkline([0, 0]), '··');
    assert.equal(sparkline([]), '');
  });
});
