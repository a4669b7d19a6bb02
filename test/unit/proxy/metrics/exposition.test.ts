import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exposition } from '../../../../src/proxy/metrics/exposition';
import { Histogram } from '../../../../src/proxy/metrics/histogram';
import { RecentValues } from '../../../../src/proxy/metrics/recent-values';
import { anyText } from '../../../helpers/any-text';

describe('Prometheus’ text format', () => {
  it('has help, type and one line for each sample', () => {
    const samples = [
      { labels: { route: '/v1/chat/completions', outcome: 'ok' }, value: 3 },
      { labels: {}, value: 0.5 },
    ];

    assert.equal(
      exposition([{ name: 'flm_x_total', help: 'What.', type: 'counter', samples }]),
      '# HELP flm_x_total What.\n# TYPE flm_x_total counter\n' +
        'flm_x_total{route="/v1/chat/completions",outcome="ok"} 3\nflm_x_total 0.5\n',
    );
  });

  it('escapes what engines call their models', () => {
    const samples = [{ labels: { model: 'C:\\m\\"a"\n.gguf' }, value: 1 }];

    assert.match(
      exposition([{ name: 'a', help: '', type: 'gauge', samples }]),
      /^a\{model="C:\\\\m\\\\\\"a\\"\\n\.gguf"\} 1$/m,
    );
  });

  it('keeps every sample on one line, whatever the labels', () => {
    fc.assert(
      fc.property(anyText(), (model) => {
        const text = exposition([{ name: 'a', help: 'b', type: 'gauge', samples: [{ labels: { model }, value: 1 }] }]);

        assert.equal(text.split('\n').length, 4);
      }),
    );
  });

  it('leaves out what has no samples', () => {
    assert.equal(exposition([{ name: 'a', help: 'b', type: 'gauge', samples: [] }]), '');
  });
});

describe('Histogram', () => {
  it('counts cumulatively, with the sum and what is above every bound', () => {
    const histogram = new Histogram([1, 2]);
    for (const value of [0.5, 1, 1.5, 7]) histogram.observe(value);

    assert.deepEqual(
      histogram.samples({ a: 'b' }).map(({ suffix, labels, value }) => [suffix, labels.le, value]),
      [
        ['_bucket', '1', 2],
        ['_bucket', '2', 3],
        ['_bucket', '+Inf', 4],
        ['_sum', undefined, 10],
        ['_count', undefined, 4],
      ],
    );
  });
});

describe('RecentValues', () => {
  it('tells percentiles by nearest rank', () => {
    const values = new RecentValues(100);
    for (let value = 100; value > 0; value--) values.add(value);

    assert.deepEqual(values.percentiles(0.5, 0.95, 0.99, 1), [50, 95, 99, 100]);
  });

  it('forgets the oldest', () => {
    const values = new RecentValues(2);
    for (const value of [9, 1, 2]) values.add(value);

    assert.deepEqual([values.size, values.percentiles(1)], [2, [2]]);
  });

  it('counts what lies between', () => {
    const values = new RecentValues(8);
    for (const value of [1, 2, 3, 4]) values.add(value);

    assert.equal(values.countIn(1, 3), 2);
  });
});
