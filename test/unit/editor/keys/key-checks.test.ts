import assert from 'node:assert/strict';
import {
  addressesProblem,
  labelProblem,
  limitProblem,
  parseLimit,
  parseList,
  patternsProblem,
} from '../../../../src/editor/keys/key-checks';
import { english } from '../editor-facts';

describe('checks of what is typed for a key', () => {
  it('a name is needed, short and printable', () => {
    assert.equal(labelProblem(english, ' tablet '), undefined);
    assert.match(labelProblem(english, '  ')!, /Give the key a name/);
    assert.match(labelProblem(english, 'x'.repeat(81))!, /at most 80/);
    assert.match(labelProblem(english, 'a\u0007b')!, /printable/);
  });

  it('a limit is a whole number of at least 1, or nothing', () => {
    assert.equal(limitProblem(english, ''), undefined);
    assert.equal(limitProblem(english, ' 60 '), undefined);
    for (const text of ['0', '-1', '1.5', 'many', '1e3']) assert.ok(limitProblem(english, text), text);
  });

  it('reads numbers as people group them', () => {
    assert.equal(parseLimit('100,000'), 100_000);
    assert.equal(parseLimit("1'000'000"), 1_000_000);
    assert.equal(parseLimit('10 000'), 10_000);
    assert.equal(parseLimit(''), undefined);
  });

  it('reads lists however they are separated, each entry once', () => {
    assert.deepEqual(parseList(' a, b\nc  a,'), ['a', 'b', 'c']);
    assert.deepEqual(parseList(''), []);
  });

  it('names the first address that is none', () => {
    assert.equal(addressesProblem(english, '192.168.1.20, 10.0.0.0/8, ::1'), undefined);
    assert.match(addressesProblem(english, '10.0.0.1, gpu-box, x')!, /gpu-box is no IP address/);
  });

  it('bounds lists and patterns', () => {
    const many = Array.from({ length: 201 }, (_, index) => `m${index}`).join(' ');

    assert.match(patternsProblem(english, many)!, /At most 200/);
    assert.match(patternsProblem(english, 'x'.repeat(513))!, /at most 512/);
    assert.equal(patternsProblem(english, 'ollama/*'), undefined);
  });
});
