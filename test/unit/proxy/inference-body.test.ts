import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseInferenceBody, withModel, type InferenceBody } from '../../../src/proxy/inference-body';
import { anyText } from '../../helpers/any-text';

function parsed(text: string): InferenceBody {
  const result = parseInferenceBody(Buffer.from(text));
  assert.ok(result.ok, JSON.stringify(result));
  return result.body;
}

function refusal(text: string) {
  const result = parseInferenceBody(Buffer.from(text));
  assert.ok(!result.ok);
  return result.error;
}

const fields = fc
  .dictionary(anyText(), fc.jsonValue())
  .map((object) =>
    Object.fromEntries(Object.entries(object).filter(([key]) => !/^(model|stream|__proto__)$/i.test(key))),
  );

describe('parseInferenceBody', () => {
  it('reads model and stream wherever they stand', () => {
    const body = parsed('{"messages":[{"model":"inner","stream":false}],"stream" : true,"model":"a\\u0062/c"}');

    assert.equal(body.model, 'ab/c');
    assert.equal(body.isStream, true);
  });

  it('takes an absent or null model as none and anything but true as no stream', () => {
    assert.equal(parsed('{}').model, undefined);
    assert.equal(parsed('{"model":null}').model, undefined);
    assert.equal(parsed('{"stream":"true"}').isStream, false);
    assert.equal(parsed('{"stream":null}').isStream, false);
  });

  it('finds a key written with escapes', () => {
    assert.equal(parsed('{"\\u006dodel":"x"}').model, 'x');
  });

  for (const [what, text, code] of [
    ['an empty body', '', 'invalid_json'],
    ['broken JSON', '{"model":"x"', 'invalid_json'],
    ['a JSON array', '[]', 'invalid_request'],
    ['a model that is no string', '{"model":3}', 'invalid_request'],
    ['a repeated model', '{"model":"a","model":"b"}', 'invalid_request'],
    ['a model repeated behind escapes', '{"model":"a","m\\u006fdel":"b"}', 'invalid_request'],
    ['a model in capitals, which Go reads as model', '{"Model":"b","model":"a"}', 'invalid_request'],
    ['a stream with a long s, which Go reads as stream', '{"\u017ftream":true}', 'invalid_request'],
    ['a repeated stream', '{"stream":true,"stream":false}', 'invalid_request'],
  ] as const) {
    it(`refuses ${what}`, () => {
      const error = refusal(text);

      assert.equal(error.code, code);
      assert.equal(error.status, 400);
    });
  }
});

describe('withModel', () => {
  it('changes nothing but the model, whatever else the body holds', () => {
    fc.assert(
      fc.property(
        fields,
        anyText(),
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom(0, 2),
        (rest, from, to, indent) => {
          const body = parsed(JSON.stringify({ ...rest, model: from, z: 1 }, null, indent));

          const sent = withModel(body, to).toString();

          assert.deepEqual(JSON.parse(sent), { ...(JSON.parse(body.bytes.toString()) as object), model: to });
        },
      ),
    );
  });

  it('keeps large numbers, white space, odd escapes and unknown members byte for byte', () => {
    const before = '{ "seed":12345678901234567890.10e+2 ,\n"x":"\\u00e9\\/é", "model" : ';
    const after = ' , "unknown":[ 1.0 ,null]}\n';

    const sent = withModel(parsed(`${before}"a"${after}`), 'b"c');

    assert.equal(sent.toString(), `${before}"b\\"c"${after}`);
  });

  it('sends the very same bytes when the name is already right', () => {
    const body = parsed('{"model":"a"}');

    assert.equal(withModel(body, 'a'), body.bytes);
  });

  it('adds the model where the body names none', () => {
    assert.deepEqual(JSON.parse(withModel(parsed(' {"a":1}'), 'm').toString()), { model: 'm', a: 1 });
    assert.deepEqual(JSON.parse(withModel(parsed('{ \n }'), 'm').toString()), { model: 'm' });
    assert.deepEqual(JSON.parse(withModel(parsed('{"model":null}'), 'm').toString()), { model: 'm' });
  });
});
