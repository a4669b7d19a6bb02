import assert from 'node:assert/strict';
import type { ModelMeasurement } from '../../../../src/core/measurements';
import { diagnosisReport } from '../../../../src/editor/diagnosis-report';
import { firstTokenText, measuredSection, speedText } from '../../../../src/editor/measurements/measured-texts';
import { modelTooltip } from '../../../../src/editor/tree/tooltips';
import { english, makeEngine, makeModel, now } from '../editor-facts';

const measured: ModelMeasurement = {
  engineId: 'ollama',
  modelId: 'qwen3:8b',
  requests: 12,
  firstTokenMs: { p50: 420.4, p95: 3150, count: 12 },
  tokensPerSecond: { p50: 41.7, p95: 55.2, count: 9 },
};
const overheadUs = {
  p50: 180,
  p95: 420,
  p99: 2100,
  count: 4,
  histogram: [{ upToUs: 200, count: 3 }, { upToUs: 1000, count: 0 }, { count: 1 }],
};

describe('what was measured, in words', () => {
  it('is the usual time and the time 95 of 100 keep, in fitting units', () => {
    assert.equal(firstTokenText(english, measured), '420 ms median, 3.2 s 95th percentile (last requests: 12)');
    assert.equal(speedText(english, measured), '42 tokens/s median, 55 tokens/s 95th percentile (last requests: 9)');
  });

  it('is empty where nothing was', () => {
    const nothing: ModelMeasurement = { engineId: 'ollama', modelId: 'qwen3:8b', requests: 1 };

    assert.deepEqual([firstTokenText(english, nothing), speedText(english, undefined)], ['', '']);
    assert.equal(measuredSection(english, { models: [{ ...nothing, requests: 0 }] }), '');
  });

  it('stands in the tooltip of a model', () => {
    const page = modelTooltip(english, makeEngine(), makeModel(), now, measured);

    assert.match(page, /\| First token \| 420 ms median/);
    assert.match(page, /\| Speed \| 42 tokens\/s median/);
    assert.doesNotMatch(modelTooltip(english, makeEngine(), makeModel(), now), /First token/);
  });

  it('stands in the report of a diagnosis, with FLM’s own time as a histogram', () => {
    const report = diagnosisReport(english, [], [], { models: [measured], overheadUs });

    assert.match(report, /^\| ollama\\\/qwen3\\:8b \| 12 \| 420 ms median/m);
    assert.match(
      report,
      /FLM itself added 180 µs to a request \(median; 95th percentile 420 µs, 99th 2,100 µs; last 4 requests\)/,
    );
    assert.match(report, /^\| up to 200 µs \| 3 \| █{24} \|$/m);
    assert.match(report, /^\| up to 1,000 µs \| 0 \| {2}\|$/m);
    assert.match(report, /^\| above 1,000 µs \| 1 \| █{8} \|$/m);
  });

  it('shows what engines call their models as text', () => {
    const section = measuredSection(english, { models: [{ ...measured, modelId: '[a](b:c)|x' }] });

    assert.ok(section.includes('\\[a\\]\\(b\\:c\\)\\|x'), section);
  });
});
