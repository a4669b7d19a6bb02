import type { ErrorCode } from './errors';
import type { KeyScope } from './api-key';
import type { Identity, RequestFacts } from './request';

/** What a look at the credentials of a request says. */
export type AuthResult =
  | {
      readonly ok: true;
      readonly identity: Identity;
      /** Limits of the key; undefined for local callers without one. */
      readonly scope?: KeyScope;
    }
  | {
      readonly ok: false;
      readonly code: Extract<
        ErrorCode,
        'key_missing' | 'key_invalid' | 'key_expired' | 'key_revoked' | 'key_out_of_scope'
      >;
      /** English, for the client. */
      readonly message: string;
      /**
       * Which wrong key it was, as a salted hash: two equal ones are one mistake repeated. Undefined when no key was
       * sent, which is no failure.
       */
      readonly attempt?: string;
      /** A decoy key was used: an alarm. */
      readonly isDecoy?: boolean;
      /** Public id, when the key is a known one. */
      readonly keyId?: string;
      /** Whose key it is, where the secret was right and something else is wrong: for the records. */
      readonly identity?: Identity;
    };

/**
 * Says who sends a request. Synchronous, microseconds, constant time over the secret. May throw: the gate then refuses
 * the request, because identity fails closed.
 *
 * Local callers (`facts.isDirectLocal`) without any key are `{ type: 'local' }` unless keys are required everywhere.
 */
export interface Authenticator {
  verify(facts: RequestFacts): AuthResult;
}

/** What a key has used of a daily limit, tokens or requests; kept by whoever stores keys. */
export interface DayMeter {
  /** Of the running day (UTC). */
  usedToday(keyId: string): number;
  /** A negative count takes back what was added. */
  add(keyId: string, count: number): void;
}

export type TokenMeter = DayMeter;
