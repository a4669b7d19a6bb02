import { Agent } from 'undici';

/**
 * Many streams at once from one target. Every chunk carries the time the engine sent it, by the clock that all processes
 * of a machine share, so its delay is known. Argument: JSON of {@link Streams}. Prints {@link StreamTimes}.
 */
export interface Streams {
  readonly target: { readonly url: string; readonly key?: string; readonly model: string };
  readonly streams: number;
  readonly chunks: number;
}

/** Milliseconds, sorted. */
export interface StreamTimes {
  readonly firstToken: readonly number[];
  readonly delay: readonly number[];
  readonly whole: number;
}

/** Starting all in one instant measures accepting, not streaming. */
const spreadMs = 1000;

async function main(): Promise<void> {
  const { target, streams, chunks } = JSON.parse(process.argv[2] as string) as Streams;
  const agent = new Agent({ connections: null, pipelining: 1 });
  const firstToken: number[] = [];
  const delay: number[] = [];
  let whole = 0;
  const one = async (wait: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, wait));
    const begin = process.hrtime.bigint();
    const { statusCode, body } = await agent.request({
      origin: target.url,
      path: '/v1/chat/completions',
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-bench-chunks': String(chunks),
        ...(target.key === undefined ? {} : { authorization: `Bearer ${target.key}` }),
      },
      body: JSON.stringify({ model: target.model, stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
    });
    if (statusCode !== 200) throw new Error(`HTTP ${statusCode}: ${(await body.text()).slice(0, 300)}`);
    let isFirst = true;
    let isDone = false;
    for await (const bytes of body as AsyncIterable<Buffer>) {
      const now = process.hrtime.bigint();
      const text = bytes.toString('latin1');
      if (isFirst) firstToken.push(Number(now - begin) / 1e6);
      isFirst = false;
      for (const [, sent] of text.matchAll(/"content":" (\d+)"/g)) {
        delay.push(Number(now - BigInt(sent as string)) / 1e6);
      }
      isDone ||= text.includes('[DONE]');
    }
    if (isDone) whole++;
  };
  await Promise.all(Array.from({ length: streams }, (_, at) => one((at * spreadMs) / streams)));
  const sorted = (values: number[]): number[] => values.sort((a, b) => a - b);
  const times: StreamTimes = { firstToken: sorted(firstToken), delay: thin(sorted(delay)), whole };
  console.log(JSON.stringify(times));
  await agent.destroy();
}

/** Every percentile in tenths is enough to report. */
function thin(values: readonly number[]): number[] {
  if (values.length <= 2001) return [...values];
  return Array.from({ length: 2001 }, (_, i) => values[Math.round((i / 2000) * (values.length - 1))] as number);
}

void main();
