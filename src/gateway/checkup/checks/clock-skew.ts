import { reason } from '../../../core/reason';
import type { CheckupFinding } from '../../../protocol/sharing-rpc';
import { nothingFound, type Check, type CheckTools } from '../check';
import { fingerprintPath } from '../engine-fingerprint';
import { hostOf, remoteEngines } from '../local-engines';

/** What Kerberos allows by default (RFC 4120 §8.2): beyond it, protocols with times begin to fail. */
const toleranceMs = 5 * 60 * 1000;
const maxSources = 8;

/** Commands that turn the setting of the clock from the network on; each ships with its system. */
const commands: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'sudo timedatectl set-ntp true',
  darwin: 'sudo sntp -sS time.apple.com',
  win32: 'w32tm /resync',
};

/**
 * A clock that is wrong, seen by the `Date` of other machines (RFC 9110 §6.6.1, whole seconds): remote engines and the
 * ACME directory. Nothing is asked but what is configured; the difference counts from the middle of the exchange.
 */
export const clockSkew: Check = {
  id: 'clock-skew',
  run: async (facts, tools, signal) => {
    const urls = [
      ...(facts.acmeDirectory === undefined ? [] : [facts.acmeDirectory]),
      ...remoteEngines(facts).map(({ kind, baseUrl }) => `${baseUrl}${fingerprintPath(kind)}`),
    ].slice(0, maxSources);
    const skews = await Promise.all(urls.map((url) => skewOf(url, tools, signal)));
    const known = skews.filter((skew) => skew !== undefined);
    if (known.length === 0) return { ...nothingFound, skipped: [reason('checkup.clock.unchecked')] };
    // One machine with a wrong clock is not this one's fault: most have to say so.
    const median = [...known].sort((a, b) => a.skewMs - b.skewMs)[Math.floor(known.length / 2)];
    if (median === undefined || Math.abs(median.skewMs) <= toleranceMs) return nothingFound;
    const command = commands[facts.platform];
    const finding: CheckupFinding = {
      check: clockSkew.id,
      severity: 'medium',
      what: reason('checkup.clock.what', median.host, Math.round(Math.abs(median.skewMs) / 1000)),
      why: reason('checkup.clock.why'),
      fix: reason('checkup.clock.fix'),
      ...(command === undefined ? {} : { command }),
    };
    return { findings: [finding] };
  },
};

async function skewOf(
  url: string,
  { http, clock }: CheckTools,
  signal: AbortSignal,
): Promise<{ readonly host: string; readonly skewMs: number } | undefined> {
  const before = clock.now();
  const reply = await http.send({ url }, signal);
  const after = clock.now();
  const theirs = Date.parse(reply?.headers.date ?? '');
  return Number.isNaN(theirs) ? undefined : { host: hostOf(url), skewMs: theirs - (before + after) / 2 };
}
