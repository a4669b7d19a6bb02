import { reason } from '../../../src/core/reason';
import type { CheckupFinding, CheckupReport, SharingSummary } from '../../../src/protocol/sharing-rpc';
import { quietSharing } from '../../helpers/quiet-sharing';
import { now } from './editor-facts';

export const dayMs = 24 * 60 * 60 * 1000;

/** A certificate in use. */
export const ready: SharingSummary['tls'] = {
  mode: 'self-signed',
  phase: 'ready',
  certificate: {
    names: ['192.168.1.20'],
    issuer: 'FLM local CA',
    notBefore: now - dayMs,
    notAfter: now + 90 * dayMs,
    fingerprint: 'AA:BB',
  },
  renewsAt: now + 60 * dayMs,
};

/** Open to a network, encrypted. */
export function makeSharing(sharing: Partial<SharingSummary> = {}): SharingSummary {
  return {
    ...quietSharing,
    exposure: { scope: 'interfaces', addresses: ['192.168.1.20'], because: ['settings'] },
    tls: ready,
    ...sharing,
  };
}

export function makeFinding(finding: Partial<CheckupFinding> = {}): CheckupFinding {
  return {
    check: 'engine-open',
    severity: 'high',
    what: reason('checkup.open.what', 'Ollama', '192.168.1.20'),
    why: reason('checkup.open.why'),
    fix: reason('checkup.open.fixOllama'),
    command: 'setx OLLAMA_HOST 127.0.0.1',
    source: 'https://example.org/advisory',
    engineId: 'ollama',
    ...finding,
  };
}

export function makeReport(report: Partial<CheckupReport> = {}): CheckupReport {
  return { at: now, findings: [makeFinding()], skipped: [], isCancelled: false, ...report };
}
