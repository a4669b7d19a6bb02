import type { Exchange } from './exchange';
import { failureOf, type FinishedReply, type Prompt } from './reply';
import type { CommonScript } from './script';
import type { Simulator } from './simulator';
import { generateWhole, streamReply, type StreamDialect } from './stream-reply';

/** One inference request after all checks: what to run and how to word it. */
export interface InferenceJob {
  readonly prompt: Prompt;
  readonly isStream: boolean;
  readonly whole: (reply: FinishedReply) => object;
  readonly stream: (reply: FinishedReply) => StreamDialect;
  readonly sendFailure: (message: string) => void;
  readonly streamHeaders: Readonly<Record<string, string>>;
  /** Headers leave before the model is loaded and the first token is there: what fails then fails inside the stream. */
  readonly flush: boolean;
  /** False for a model that is in memory. Default: true. */
  readonly needsLoad?: boolean;
  /** Instead of what the script says. */
  readonly reply?: FinishedReply;
}

/** Runs a job as servers do that stop working as soon as the client has gone. */
export async function runJob<S extends CommonScript>(
  exchange: Exchange,
  simulator: Simulator<S>,
  job: InferenceJob,
): Promise<void> {
  const reply = job.reply ?? simulator.plan(exchange, job.prompt);
  const load = (): Promise<boolean> => (job.needsLoad === false ? Promise.resolve(true) : simulator.load(exchange));
  if (job.isStream && job.flush) {
    const options = { headers: job.streamHeaders, flush: true, before: load };
    return streamReply(exchange, simulator, reply, job.stream(reply), options);
  }
  if (!(await load())) return;
  if (reply.pieces[0]?.kind === 'error' || (!job.isStream && failureOf(reply) !== undefined)) {
    job.sendFailure(failureOf(reply) ?? '');
    return;
  }
  if (job.isStream) {
    const options = { headers: job.streamHeaders, flush: false };
    return streamReply(exchange, simulator, reply, job.stream(reply), options);
  }
  if (await generateWhole(exchange, simulator, reply)) exchange.sendJson(200, job.whole(reply));
}
