import type { GuardContext, Sign, Verdict } from './guard';
import { identityOf } from './guard';

/**
 * What signs of an intrusion mean for the request they were found in: one clear exploit is refused by itself. Callers
 * with a key or from this machine are only recorded: their routes cannot be exploited that way, and refusing a
 * programmer is worse.
 */
export function intrusionVerdict(context: GuardContext, signs: readonly Sign[]): Verdict | undefined {
  const [first] = signs;
  if (first === undefined) return undefined;
  const { policy, protection } = context;
  // A trusted proxy is no reason to let strangers pass who come through it.
  const isOwn = protection !== undefined && protection !== 'trusted-proxy';
  const mayPass = isOwn || identityOf(context) !== undefined;
  const points = Math.min(
    policy.scoring.perRequest,
    signs.reduce((sum, sign) => sum + (sign.points ?? 0), 0),
  );
  if (mayPass || points < policy.intrusion.refuseAt) return { signs };
  const refusal = {
    rule: first.rule,
    code: 'request_blocked',
    message:
      'The request looks like an attack and was not handled. If it is not, tell the owner of this gateway the request id.',
  } as const;
  return { refusal, signs };
}
