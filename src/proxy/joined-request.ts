import type { Engine } from '../core/engine';
import { parseInferenceBody } from './inference-body';
import { EditedRequest, RequestMembers } from './repairs/request-members';

/** Name of this repair in the settings and in the response header. */
export const joinRepair = 'joined-stream';

const paths: ReadonlySet<string> = new Set(['/v1/chat/completions', '/v1/completions']);

/**
 * A request for a whole answer as one for a stream, to be joined again ({@link JoinedAnswer}); undefined where it goes
 * as it is. For llama-server, which does not notice that the client of a whole answer has left while it streams to
 * another one, and generates on to the end (measured at b1-de3ff81: 21 s and more; a stream stops within 1.5 s).
 *
 * Not where a stream would be another answer: tools with logprobs are refused in streams.
 */
export function asStreamRequest(
  engine: Engine,
  path: string,
  body: Buffer,
  disabled: readonly string[],
): Buffer | undefined {
  if (engine.kind !== 'llamacpp' || !paths.has(path) || disabled.includes(joinRepair)) return undefined;
  const parsed = parseInferenceBody(body);
  if (!parsed.ok || parsed.body.isStream) return undefined;
  const request = new EditedRequest(new RequestMembers(parsed.body));
  if (request.has('tools') && request.has('logprobs')) return undefined;
  request.set({ stream: true, stream_options: { include_usage: true } });
  return request.bytes();
}
