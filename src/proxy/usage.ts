/** Tokens as an engine counted them. */
export interface Usage {
  readonly tokensIn?: number;
  readonly tokensOut?: number;
}

/** Reads OpenAI's `usage` object; undefined when there is none, or only zeros (Ollama's placeholder in each chunk). */
export function readUsage(usage: unknown): Usage | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined;
  const { prompt_tokens: prompt, completion_tokens: completion } = usage as Record<string, unknown>;
  const tokensIn = count(prompt);
  const tokensOut = count(completion);
  if ((tokensIn ?? 0) + (tokensOut ?? 0) === 0) return undefined;
  if (tokensOut === undefined) return tokensIn === undefined ? {} : { tokensIn };
  return tokensIn === undefined ? { tokensOut } : { tokensIn, tokensOut };
}

/**
 * Reads the usage from the end of a JSON answer without parsing all of it (embeddings are megabytes of numbers). An
 * answer in llama-server's own form (`/infill`) has none, but tells its counts.
 */
export function usageInJson(body: Buffer): Usage | undefined {
  const counts = countsInJson(body, '"usage"', ['prompt_tokens', 'completion_tokens']);
  return counts === undefined ? nativeUsageInJson(body) : readUsage(counts);
}

/** Tokens as llama-server's own routes tell them: beside each other, and on every piece of a stream. */
export function nativeUsageInJson(body: Buffer): Usage | undefined {
  const counts = countsInJson(body, '"tokens_predicted"', ['tokens_predicted', 'tokens_evaluated']);
  return counts && readUsage({ prompt_tokens: counts.tokens_evaluated, completion_tokens: counts.tokens_predicted });
}

/** Numbers by name behind the last `mark` of a JSON text; undefined when there is no such mark. */
export function countsInJson(
  body: Buffer,
  mark: string,
  names: readonly string[],
): Readonly<Record<string, number | undefined>> | undefined {
  const at = body.lastIndexOf(mark);
  if (at === -1) return undefined;
  const tail = body.toString('latin1', at, at + 2048);
  const counts: Record<string, number | undefined> = {};
  for (const name of names) {
    const digits = patternOf(name).exec(tail)?.[1];
    counts[name] = digits === undefined ? undefined : Number(digits);
  }
  return counts;
}

/** Compiled once per name, which the code lists: compiling them for each answer took 8 µs. */
const patterns = new Map<string, RegExp>();

function patternOf(name: string): RegExp {
  let pattern = patterns.get(name);
  if (pattern === undefined) {
    pattern = new RegExp(`"${name}"\\s*:\\s*(\\d{1,12})\\b`);
    patterns.set(name, pattern);
  }
  return pattern;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
