import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SseBlocks } from '../../../../src/proxy/repairs/sse-blocks';

/** What the cutter says of these bytes, divided at the given places. */
function cut(bytes: Buffer, places: readonly number[] = []): { blocks: string[]; whole: string; positions: string[] } {
  const parts: string[] = [];
  const blocks: string[] = [];
  const positions: string[] = [];
  const cutter = new SseBlocks({
    block: (block) => {
      blocks.push(block.toString('latin1').replace(/\r\n/g, '\n').replace(/\r/g, '\n'));
      parts.push(block.toString('latin1'));
    },
    spill: (part) => parts.push(part.toString('latin1')),
    lateLf: () => parts.push('\n'),
  });
  let start = 0;
  for (const end of [...places, bytes.length]) {
    cutter.push(bytes.subarray(start, end));
    positions.push(cutter.position);
    start = end;
  }
  cutter.end();
  return { blocks, whole: parts.join(''), positions };
}

const sorted = (length: number) =>
  fc.array(fc.nat({ max: length }), { maxLength: 12 }).map((places) => places.sort((a, b) => a - b));

describe('SseBlocks', () => {
  it('gives away a block with its last byte', () => {
    const { blocks } = cut(Buffer.from('data: a\n\n: ping\n\ndata: b'), [9, 17]);

    assert.deepEqual(blocks, ['data: a\n\n', ': ping\n\n', 'data: b']);
  });

  it('cuts the same blocks and loses no byte, for any line ends and any chunks', () => {
    const line = fc.constantFrom('data: a', 'data:é', ': c', '', 'x');
    const text = fc
      .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 14 })
      .map((lines) => lines.map(([a, b]) => a + b).join(''));
    fc.assert(
      fc.property(
        text.chain((value) => fc.tuple(fc.constant(Buffer.from(value)), sorted(Buffer.byteLength(value)))),
        ([bytes, places]) => {
          const divided = cut(bytes, places);

          assert.equal(divided.whole, bytes.toString('latin1'));
          assert.deepEqual(divided.blocks, cut(bytes).blocks);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('holds no event above 1 MiB, and knows where the output stands meanwhile', () => {
    const bytes = Buffer.from(`data: ${'x'.repeat(3_000_000)}\n\ndata: b\n\n`);

    const { whole, positions, blocks } = cut(bytes, [500_000, 1_500_000, 3_000_010]);

    assert.deepEqual(positions, ['event-start', 'mid-line', 'event-start', 'event-start']);
    assert.deepEqual(blocks, ['data: b\n\n']);
    assert.equal(whole, bytes.toString('latin1'));
  });

  it('spills the same whether the long event came in one piece or in many', () => {
    const bytes = Buffer.from(`data: ${'x'.repeat(1_100_000)}\n\n`);

    assert.deepEqual(cut(bytes).blocks, []);
    assert.deepEqual(cut(bytes, [600_000]).blocks, []);
  });
});
