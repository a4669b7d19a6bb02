import type { AccessRecord } from './request';

/** What a key has used: in one request, or in all its requests together. */
export interface KeyUse {
  readonly keyId: string;
  /** That reached an engine: what `requestsPerDay` counts. Lists of models are free. */
  readonly requests: number;
  readonly refused: number;
  /** In and out. */
  readonly tokens: number;
  /** Of the last one, epoch ms. */
  readonly at: number;
}

type Used = Pick<
  AccessRecord,
  'identity' | 'outcome' | 'queueMs' | 'isStream' | 'bytesIn' | 'tokensIn' | 'tokensOut' | 'at'
>;

/** Bytes of a request for a token of its prompt, about, where no engine has counted it. */
const bytesPerToken = 4;
/** More is not guessed: the rest are pictures, which have few tokens for their bytes. */
const mostGuessed = 32_768;

/** What one request adds; undefined without a key. */
export function keyUse(used: Used): KeyUse | undefined {
  const { identity, outcome, queueMs, tokensOut, at } = used;
  if (identity?.type !== 'key') return undefined;
  const isRefused = outcome === 'refused';
  return {
    keyId: identity.keyId,
    requests: queueMs !== undefined && !isRefused ? 1 : 0,
    refused: isRefused ? 1 : 0,
    tokens: tokensInOf(used) + (tokensOut ?? 0),
    at,
  };
}

/**
 * Tokens of the prompt. An engine tells them at the end of its answer, some not in streams at all: who leaves before, or
 * does not ask, must not have sent prompts for nothing, so they are then guessed.
 */
function tokensInOf({ outcome, queueMs, isStream, bytesIn, tokensIn }: Used): number {
  if (tokensIn !== undefined) return tokensIn;
  const wasRead = outcome === 'aborted' || (outcome === 'ok' && isStream === true);
  return wasRead && queueMs !== undefined ? Math.min(mostGuessed, Math.ceil(bytesIn / bytesPerToken)) : 0;
}

export function addKeyUse(a: KeyUse, b: KeyUse): KeyUse {
  return {
    keyId: a.keyId,
    requests: a.requests + b.requests,
    refused: a.refused + b.refused,
    tokens: a.tokens + b.tokens,
    at: Math.max(a.at, b.at),
  };
}
