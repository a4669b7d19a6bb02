import assert from 'node:assert/strict';
import type { Block } from '../../../../src/core/block';
import type { Refusal } from '../../../../src/core/request';
import { GuardChain } from '../../../../src/security/gate/guard-chain';
import { PolicyInForce } from '../../../../src/security/gate/policy-in-force';
import type { Guard, GuardContext, Sign, Verdict } from '../../../../src/security/guards/guard';
import { makePolicy } from '../../../helpers/security-fixture';

const context = { auth: undefined } as GuardContext;
const sign: Sign = { rule: 'r', category: 'c', severity: 'low', distinct: 'd' };
const refusal = (rule: string): Refusal => ({ rule, code: 'request_blocked', message: '' });

/** A guard that answers the same to everything, and notes that it was asked. */
function guardThat(id: string, answer: Verdict | Error | undefined, more: Partial<Guard> = {}): Guard {
  return {
    id,
    service: 'anomaly',
    isDetector: false,
    looksOnAfterRefusal: false,
    check: () => {
      asked.push(id);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    ...more,
  };
}

let asked: string[] = [];

function chain(
  guards: readonly Guard[],
  policy: Readonly<Record<string, unknown>> = {},
  block?: Block,
): { readonly run: GuardChain['run']; readonly told: string[] } {
  asked = [];
  const told: string[] = [];
  const inForce = new PolicyInForce(makePolicy(policy), false);
  const guarded = new GuardChain(
    guards,
    inForce,
    { now: () => 0 },
    {
      signs: () => block,
      refusal: (_context, { rule }, isObserved) => void told.push(`${rule}${isObserved ? ' observed' : ''}`),
      failed: ({ id }) => void told.push(`${id} failed`),
    },
  );
  return { run: (...given) => guarded.run(...given), told };
}

describe('a chain of guards', () => {
  it('answers with the first refusal', () => {
    const { run } = chain([
      guardThat('a', { refusal: refusal('first') }, { looksOnAfterRefusal: true }),
      guardThat('b', { refusal: refusal('second') }, { isDetector: true }),
    ]);

    assert.equal(run(context, undefined).refusal?.rule, 'first');
  });

  it('asks only detectors about a request that is refused already', () => {
    const { run } = chain([guardThat('limit', undefined), guardThat('detector', undefined, { isDetector: true })]);

    assert.equal(run(context, refusal('key')).refusal?.rule, 'key');
    assert.deepEqual(asked, ['detector']);
  });

  it('ends with a guard behind which nobody needs to look', () => {
    const { run } = chain([
      guardThat('a', { refusal: refusal('rate') }),
      guardThat('b', undefined, { isDetector: true }),
    ]);

    run(context, undefined);

    assert.deepEqual(asked, ['a']);
  });

  it('tells of a refusal that is only observed and lets the request go on', () => {
    const { run, told } = chain([guardThat('a', { refusal: refusal('rate') }), guardThat('b', undefined)], {
      mode: 'observe',
    });

    assert.equal(run(context, undefined).refusal, undefined);
    assert.deepEqual([told, asked], [['rate observed'], ['a', 'b']]);
  });

  it('keeps a promised limit in observe mode', () => {
    const { run } = chain([guardThat('a', { refusal: refusal('own'), holdsInObserve: true })], { mode: 'observe' });

    assert.equal(run(context, undefined).refusal?.rule, 'own');
  });

  it('asks no guard whose service is off', () => {
    const { run } = chain([guardThat('a', undefined)], { services: { anomaly: 'off' } });

    run(context, undefined);

    assert.deepEqual(asked, []);
  });

  it('passes over a guard that throws, and says so', () => {
    const { run, told } = chain([guardThat('a', new Error('broken')), guardThat('b', undefined)]);

    assert.equal(run(context, undefined).refusal, undefined);
    assert.deepEqual([told, asked], [['a failed'], ['a', 'b']]);
  });

  it('refuses who was blocked for what was found, unless he has a valid key', () => {
    const block: Block = { range: '203.0.113.7', source: 'auto', rule: 'r', reason: '', createdAt: 0, strikes: 0 };
    const { run } = chain([guardThat('a', { signs: [sign] })], {}, block);
    const withKey: GuardContext = { ...context, auth: { ok: true, identity: { type: 'key', keyId: 'k', label: '' } } };

    assert.equal(run(context, undefined).refusal?.code, 'address_blocked');
    assert.equal(run(withKey, undefined).refusal, undefined);
  });

  it('gives the headers of all', () => {
    const { run } = chain([guardThat('a', { headers: { a: '1' } }), guardThat('b', { headers: { b: '2' } })]);

    assert.deepEqual(run(context, undefined).headers, { a: '1', b: '2' });
  });
});
