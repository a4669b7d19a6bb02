import type { KeyScope } from '../../core/api-key';
import type { AuthResult } from '../../core/authenticator';
import type { Block } from '../../core/block';
import type { Admission, Identity, Refusal, RequestFacts, RoutingFacts } from '../../core/request';
import { isModelInScope } from '../api-keys/key-scope';
import { isSecretHeader } from '../intrusion/known-surface';

/** The key's scope knows the model only once the body was read. */
export function modelRefusal(scope: KeyScope | undefined, { engineId, modelId }: RoutingFacts): Refusal | undefined {
  const canonical = `${engineId}/${modelId}`;
  if (scope === undefined || isModelInScope(scope, canonical)) return undefined;
  return { rule: 'key-scope', code: 'key_out_of_scope', message: 'This API key may not use this model.' };
}

/** Fails closed. */
export function unchecked(): Refusal {
  return {
    rule: 'identity',
    code: 'internal_error',
    message: 'Your credentials could not be checked. Try again later.',
  };
}

/** Names until when, and who can lift it; the rule only in the evidence. */
export function blockRefusal(block: Block, now: number): Refusal {
  const until = block.expiresAt;
  const when = until === undefined ? '' : ` until ${new Date(until).toISOString()}`;
  return {
    rule: 'blocklist',
    code: 'address_blocked',
    message: `Your address is blocked${when}. The owner of this gateway can lift the block.`,
    ...(until === undefined ? {} : { until, retryAfterSec: Math.max(1, Math.ceil((until - now) / 1000)) }),
    evidence: `${block.source} block of ${block.range}: ${block.rule}`,
  };
}

export function refused(refusal: Refusal, identity?: Identity): Admission {
  return identity === undefined ? { ok: false, refusal } : { ok: false, refusal, identity };
}

/** Whose key was sent, where its secret was right. */
export function provenIdentity(auth: AuthResult | undefined): Identity | undefined {
  return auth?.identity?.type === 'key' ? auth.identity : undefined;
}

/** Something that may be a key was sent, right or wrong. */
export function hasCredential({ headers }: RequestFacts): boolean {
  for (const name in headers) if (name !== 'cookie' && isSecretHeader(name)) return true;
  return false;
}
