import assert from 'node:assert/strict';
import fc from 'fast-check';
import { base64Embeddings, encodeFloats } from '../../../../src/proxy/repairs/base64-embeddings';
import { wholeOf } from './support';

const asking = { route: '/v1/embeddings', body: { encoding_format: 'base64' } } as const;

describe('base64-embeddings', () => {
  it('encodes 32-bit floats, little-endian', () => {
    assert.equal(encodeFloats([1, -2.5]), Buffer.from([0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0]).toString('base64'));
  });

  it('is read back by a client as the same floats, in the same number', () => {
    fc.assert(
      fc.property(fc.float32Array({ noNaN: true }), (vector) => {
        const bytes = Buffer.from(encodeFloats([...vector]), 'base64');
        const read = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));

        assert.deepEqual(read, vector);
      }),
    );
  });

  it('encodes every vector of an answer, and nothing else in it', () => {
    const given = {
      object: 'list',
      data: [
        { embedding: [1], index: 0, x: 1 },
        { embedding: 'AACAPw==', index: 1 },
      ],
      model: 'm',
    };

    assert.deepEqual(wholeOf(base64Embeddings, given, asking), {
      object: 'list',
      data: [
        { embedding: 'AACAPw==', index: 0, x: 1 },
        { embedding: 'AACAPw==', index: 1 },
      ],
      model: 'm',
    });
  });

  it('is not armed unless the client asked for base64', () => {
    const given = { data: [{ embedding: [1] }] };

    assert.equal(
      wholeOf(base64Embeddings, given, { route: '/v1/embeddings', body: { encoding_format: 'float' } }),
      given,
    );
    assert.equal(wholeOf(base64Embeddings, given, { route: '/v1/embeddings' }), given);
  });
});
