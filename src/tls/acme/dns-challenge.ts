import { execFile } from 'node:child_process';
import { reason, type Reason } from '../../core/reason';
import type { Clock } from '../../core/clock';
import type { Logger } from '../../core/logger';
import { printable } from '../../core/printable';
import { errorMessage } from '../error-message';
import { AcmeFailure } from './acme-failure';
import type { ChallengeQuestion, ChallengeResponder } from './challenge';

/** The program returns when the name servers answer with the record, which can take them minutes. */
export const dnsHookTimeoutMs = 5 * 60_000;
/** Nothing waits for the record's removal except the end of FLM. */
export const dnsHookRemoveTimeoutMs = 5_000;
const maxOutputBytes = 64 * 1024;

/**
 * DNS-01 (RFC 8555 §8.4) by a program of the user: `<program> set|remove <record> <text>`, for instance
 * `dns-hook set _acme-challenge.example.org dGhlIHRleHQ`. Run without a shell, so that no name and no text of a server
 * can become a command. It ends with 0 when the record is there.
 */
export class DnsChallenge implements ChallengeResponder {
  readonly type = 'dns-01';
  readonly #program: string;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(program: string, clock: Clock, logger: Logger) {
    this.#program = program;
    this.#clock = clock;
    this.#logger = logger;
  }

  wanted(domain: string): Reason {
    return reason('tls.acmeDnsWanted', recordName(domain), this.#program);
  }

  failed(domain: string, says: string): Reason {
    return reason('tls.acmeDnsFailed', domain, recordName(domain), says);
  }

  async answer(question: ChallengeQuestion, signal: AbortSignal): Promise<() => Promise<void>> {
    const record = [recordName(question.domain), question.answer] as const;
    const remove = async (): Promise<void> => {
      try {
        await this.#run(['remove', ...record], dnsHookRemoveTimeoutMs);
      } catch (error) {
        this.#logger.warn('The DNS record of the ACME challenge was not removed', { record: record[0], error });
      }
    };
    try {
      await this.#run(['set', ...record], dnsHookTimeoutMs, signal);
    } catch (error) {
      await remove(); // It may have got half way.
      throw error;
    }
    return remove;
  }

  #run(args: readonly string[], timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const kill = (): void => void child.kill('SIGKILL');
      const child = execFile(
        this.#program,
        args,
        { shell: false, windowsHide: true, maxBuffer: maxOutputBytes },
        (error, _stdout, stderr) => {
          timer.cancel();
          signal?.removeEventListener('abort', kill);
          if (signal?.aborted === true) reject(signal.reason as Error);
          else if (isLate) reject(new AcmeFailure(reason('tls.acmeHookTimeout', this.#program, timeoutMs / 1000)));
          else if (error !== null) reject(this.#failure(args[0] ?? '', error, stderr));
          else resolve();
        },
      );
      child.stdin?.end();
      const timer = this.#clock.setTimeout(() => {
        isLate = true;
        kill();
      }, timeoutMs);
      if (signal?.aborted === true) kill();
      else signal?.addEventListener('abort', kill, { once: true });
    });
  }

  #failure(action: string, error: Error & { readonly code?: unknown }, stderr: string): AcmeFailure {
    const line = stderr
      .split('\n')
      .map((text) => text.trim())
      .find((text) => text !== '');
    const ended = typeof error.code === 'number' ? `exit code ${error.code}` : errorMessage(error);
    const says = [ended, line].filter((part) => part !== undefined).join(': ');
    return new AcmeFailure(reason('tls.acmeHookFailed', this.#program, action, printable(says, 200)));
  }
}

/** Where the CA looks: a wildcard is proved at the name below the star. */
export function recordName(domain: string): string {
  return `_acme-challenge.${domain}`;
}
