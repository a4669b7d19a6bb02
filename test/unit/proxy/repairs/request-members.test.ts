import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EditedRequest, RequestMembers } from '../../../../src/proxy/repairs/request-members';
import { bodyOf } from './support';

const members = (text: string) => new RequestMembers(bodyOf(text));

describe('RequestMembers', () => {
  it('finds members however their names are written', () => {
    const body = members('{"\\u0061b": [1, 2] , "c":null}');

    assert.deepEqual(
      [body.has('ab'), body.value('ab'), body.value('c'), body.has('d'), body.value('d')],
      [true, [1, 2], null, false, undefined],
    );
  });

  it('lets the last of two members of one name count', () => {
    assert.equal(members('{"a":1,"a":2}').value('a'), 2);
  });

  it('shows the beginning and the length of a value without parsing it', () => {
    const body = members(`{"a":[${'1,'.repeat(100)}1]}`);

    assert.equal(body.beginning('a').length, 64);
    assert.equal(body.byteLength('a'), 203);
    assert.equal(body.includes('a', '1,1'), true);
    assert.equal(body.includes('b', ''), false);
  });
});

describe('EditedRequest', () => {
  it('leaves every other value as the client wrote it', () => {
    const edited = new EditedRequest(members('{ "seed" : 123456789012345678901234567890 ,"t": [ ] , "x":1.0 }'));
    edited.drop(['t']);
    edited.set({ model: 'm' });

    assert.equal(edited.bytes().toString(), '{"seed" : 123456789012345678901234567890,"x":1.0,"model":"m"}');
  });

  it('puts a value in the place of the old one, once', () => {
    const edited = new EditedRequest(members('{"a":1,"b":2,"a":3}'));
    edited.set({ a: 9 });

    assert.equal(edited.bytes().toString(), '{"a":9,"b":2}');
  });

  it('shows later repairs what earlier ones did', () => {
    const edited = new EditedRequest(members('{"a":[1],"b":2}'));
    edited.set({ a: { c: 'text' } });
    edited.drop(['b']);

    assert.deepEqual(
      [
        edited.value('a'),
        edited.beginning('a'),
        edited.includes('a', 'text'),
        edited.has('b'),
        edited.value('b'),
        edited.byteLength('b'),
      ],
      [{ c: 'text' }, '{"c":"text"}', true, false, undefined, 0],
    );
  });

  it('sets a member named __proto__ like any other', () => {
    const edited = new EditedRequest(members('{}'));
    edited.set(JSON.parse('{"__proto__":false}') as Record<string, unknown>);
    assert.deepEqual([edited.bytes().toString(), edited.has('toString')], ['{"__proto__":false}', false]);
  });

  it('means what the edits say, for any object', () => {
    const object = fc
      .dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 })
      .filter(
        (value) =>
          !('model' in value || 'stream' in value || Object.keys(value).some((name) => /^(model|stream)$/i.test(name))),
      );
    fc.assert(
      fc.property(
        object,
        fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), { maxKeys: 3 }),
        fc.string(),
        (given, set, dropped) => {
          const edited = new EditedRequest(members(JSON.stringify(given)));
          edited.drop([dropped]);
          edited.set(set);

          const expected = Object.fromEntries(
            Object.entries({ ...given, ...set }).filter(([name]) => name !== dropped || Object.hasOwn(set, name)),
          );
          assert.deepEqual(JSON.parse(edited.bytes().toString()), JSON.parse(JSON.stringify(expected)));
        },
      ),
    );
  });
});
