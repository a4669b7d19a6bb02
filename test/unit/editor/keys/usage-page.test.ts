import assert from 'node:assert/strict';
import type { AccessRow } from '../../../../src/core/audit-query';
import { usagePage } from '../../../../src/editor/keys/usage-page';
import { english, now } from '../editor-facts';
import { makeKey, minuteMs } from '../security-facts';

const noUse = { bucketMs: 1, buckets: [], byKey: [], byModel: [], byAddress: [] };

function rowOf(over: Partial<AccessRow>): AccessRow {
  return {
    seq: 1,
    requestId: 'req_1',
    at: now - 5 * minuteMs,
    address: '192.168.1.5',
    method: 'POST',
    route: '/v1/chat/completions',
    path: '/v1/chat/completions',
    modelId: 'llama3',
    status: 200,
    outcome: 'ok',
    durationMs: 1,
    bytesIn: 1,
    bytesOut: 1,
    ...over,
  };
}

const page = (row: Partial<AccessRow>) => usagePage(english, makeKey({}), noUse, [rowOf(row)], now);

describe('the page of a key', () => {
  it('says which engine answered a request', () => {
    assert.match(page({ engineId: 'vllm' }), /llama3 \| vllm \| 200/);
  });

  it('says which engines gave no answer before it', () => {
    assert.match(
      page({ engineId: 'vllm', failedEngines: ['ollama', 'lmstudio'] }),
      /vllm\\, after no answer from ollama\\, lmstudio \| 200/,
    );
  });

  it('has a cell for each column where no engine was asked', () => {
    const lines = page({ status: 403 }).split('\n').slice(-3);

    assert.equal(new Set(lines.map((line) => line.split('|').length)).size, 1);
  });
});
