import { normalizeAddress } from '../../../core/address';
import { reason, type Reason } from '../../../core/reason';
import type { CertificateFacts } from '../../../core/tls';
import type { CheckupFinding } from '../../../protocol/sharing-rpc';
import { nothingFound, type Check, type CheckupFacts } from '../check';

const dayMs = 24 * 60 * 60 * 1000;
/** Renewal by itself happens long before; that near to the end, it does not work. */
const soonMs = 7 * dayMs;
/** Somebody has to do it by hand. */
const soonByHandMs = 30 * dayMs;

/** Trouble with the certificate in use. */
export const certificate: Check = {
  id: 'certificate',
  run: (facts, { clock }) => {
    const { tls } = facts;
    if (tls.phase === 'failed') {
      return {
        findings: [finding('high', 'checkup.tls.failedWhat', [], 'checkup.tls.failedWhy', 'checkup.tls.failedFix')],
      };
    }
    if (tls.phase !== 'ready' || tls.certificate === undefined) return nothingFound;
    const findings = [...timeTrouble(facts, tls.certificate, clock.now()), ...nameTrouble(facts, tls.certificate)];
    return { findings };
  },
};

function timeTrouble({ tls }: CheckupFacts, { notBefore, notAfter }: CertificateFacts, now: number): CheckupFinding[] {
  const fix = 'checkup.tls.renewFix';
  if (notAfter <= now) {
    return [finding('high', 'checkup.tls.expiredWhat', [isoTime(notAfter)], 'checkup.tls.expiredWhy', fix)];
  }
  if (notBefore > now) {
    return [finding('high', 'checkup.tls.earlyWhat', [isoTime(notBefore)], 'checkup.tls.earlyWhy', fix)];
  }
  const left = notAfter - now;
  if (left > (tls.renewsAt === undefined ? soonByHandMs : soonMs)) return [];
  const severity = left <= dayMs ? 'high' : left <= soonMs ? 'medium' : 'low';
  return [finding(severity, 'checkup.tls.soonWhat', [isoTime(notAfter)], 'checkup.tls.soonWhy', fix)];
}

function nameTrouble({ endpoints }: CheckupFacts, { names }: CertificateFacts): CheckupFinding[] {
  const hosts = endpoints.filter(({ isTls }) => isTls).map(({ url }) => new URL(url).hostname.replace(/^\[|\]$/g, ''));
  const uncovered = [...new Set(hosts)].filter((host) => !names.some((name) => covers(name, host)));
  if (uncovered.length === 0) return [];
  const why = 'checkup.tls.namesWhy';
  return [finding('medium', 'checkup.tls.namesWhat', [uncovered.join(', ')], why, 'checkup.tls.namesFix')];
}

/** RFC 9525 §6.3: a wildcard stands for the whole left-most label and nothing else; addresses match exactly. */
function covers(name: string, host: string): boolean {
  const pattern = name.toLowerCase().replace(/\.$/, '');
  const wanted = host.toLowerCase().replace(/\.$/, '');
  if (pattern === wanted || normalizeAddress(pattern) === normalizeAddress(wanted)) return true;
  const dot = wanted.indexOf('.');
  return pattern.startsWith('*.') && dot > 0 && pattern.slice(1) === wanted.slice(dot);
}

/** Read in the reader's time zone where it is shown. */
function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

function finding(
  severity: CheckupFinding['severity'],
  what: Reason['code'],
  args: readonly string[],
  why: Reason['code'],
  fix: Reason['code'],
): CheckupFinding {
  return { check: certificate.id, severity, what: reason(what, ...args), why: reason(why), fix: reason(fix) };
}
