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

type Used = Pick<AccessRecord, 'identity' | 'outcome' | 'queueMs' | 'tokensIn' | 'tokensOut' | 'at'>;

/** What one request adds; undefined without a key. */
export function keyUse({ identity, outcome, queueMs, tokensIn, tokensOut, at }: Used): KeyUse | undefined {
  if (identity?.type !== 'key') return undefined;
  const isRefused = outcome === 'refused';
  return {
    keyId: identity.keyId,
    requests: queueMs !== undefined && !isRefused ? 1 : 0,
    refused: isRefused ? 1 : 0,
    tokens: (tokensIn ?? 0) + (tokensOut ?? 0),
    at,
  };
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
