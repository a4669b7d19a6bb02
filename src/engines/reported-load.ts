import type { EngineLoad } from '../core/engine-load';
import { arrayOf, objectOf, parseJson } from './json';
import type { ProbeSession } from './probe';

/** A gauge of Prometheus' text format, summed over its labels (vLLM has one per model); undefined when it is missing. */
export function gaugeOf(text: string, name: string): number | undefined {
  let sum: number | undefined;
  for (const line of text.split('\n')) {
    if (!line.startsWith(name) || !/^[ {]/.test(line.slice(name.length))) continue;
    const value = Number(
      line
        .slice(line.lastIndexOf('}') + 1)
        .trim()
        .split(/\s+/)
        .at(line.includes('}') ? 0 : 1),
    );
    if (Number.isFinite(value) && value >= 0) sum = (sum ?? 0) + value;
  }
  return sum;
}

/** https://docs.vllm.ai/en/latest/usage/metrics.html */
export function parseVllmLoad(text: string): EngineLoad | undefined {
  const running = gaugeOf(text, 'vllm:num_requests_running');
  return running === undefined ? undefined : { running, waiting: gaugeOf(text, 'vllm:num_requests_waiting') ?? 0 };
}

/** llama-server with `--metrics`. */
export function parseLlamaMetrics(text: string): EngineLoad | undefined {
  const running = gaugeOf(text, 'llamacpp:requests_processing');
  return running === undefined ? undefined : { running, waiting: gaugeOf(text, 'llamacpp:requests_deferred') ?? 0 };
}

/** llama-server's `GET /slots`; says nothing of requests that wait for one. */
export function parseLlamaSlots(body: unknown): EngineLoad | undefined {
  const slots = arrayOf(body);
  if (slots === undefined || !slots.every((slot) => typeof objectOf(slot)?.is_processing === 'boolean'))
    return undefined;
  return { running: slots.filter((slot) => objectOf(slot)?.is_processing === true).length, waiting: 0 };
}

/** Where an engine tells how busy it is, the better source first. */
export interface LoadSource {
  readonly path: string;
  readonly parse: (body: string) => EngineLoad | undefined;
}

export const vllmLoadSources: readonly LoadSource[] = [{ path: '/metrics', parse: parseVllmLoad }];

export const llamaLoadSources: readonly LoadSource[] = [
  { path: '/metrics', parse: parseLlamaMetrics },
  { path: '/slots', parse: (body) => parseLlamaSlots(parseJson(body)) },
];

const sourceMemo = 'load.source';

/**
 * Asks an engine how busy it is, if somebody wants to know: one request per visit. Which source it has is found out
 * once. Undefined when it does not tell: no fault of its.
 */
export async function askLoad(session: ProbeSession, sources: readonly LoadSource[]): Promise<EngineLoad | undefined> {
  if (session.wantsLoad !== true) return undefined;
  const known = session.memo.get(sourceMemo) as number | undefined;
  for (let index = known ?? 0; index < sources.length; index++) {
    const source = sources[index] as LoadSource;
    const answer = await session.get(source.path);
    if (!answer.ok) return undefined;
    session.memo.set(sourceMemo, answer.status === 200 ? index : index + 1);
    if (answer.status === 200) return source.parse(answer.body);
  }
  return undefined;
}
