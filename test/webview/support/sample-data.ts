import type { ApiKey } from '../../../src/core/api-key';
import type { AuditKind, AuditRow, Severity } from '../../../src/core/audit';
import type { Statistics, StatisticsQuery } from '../../../src/core/audit-query';
import type { Block } from '../../../src/core/block';
import { reason } from '../../../src/core/reason';
import type { ShareView } from '../../../src/core/share';
import type { GatewayState } from '../../../src/protocol/gateway-rpc';
import type { SharingSummary } from '../../../src/protocol/sharing-rpc';
import { quietSharing } from '../../helpers/quiet-sharing';

const minute = 60_000;

export function makeState(state: Partial<GatewayState> = {}): GatewayState {
  return {
    proxy: {
      phase: 'on',
      host: '127.0.0.1',
      port: 11435,
      endpoint: 'http://127.0.0.1:11435/v1',
      inFlight: 1,
      requests: 443,
      startedAt: Date.now() - 3_600_000,
    },
    engines: {
      revision: 1,
      isScanning: false,
      engines: [
        {
          id: 'ollama',
          kind: 'ollama',
          name: 'Ollama',
          baseUrl: 'http://127.0.0.1:11434',
          source: 'default-port',
          state: 'healthy',
          reason: reason('engine.healthy', 12),
          since: 0,
          checkedAt: 0,
          failures: 0,
          models: [{ id: 'llama3.2:3b', capabilities: ['chat'] }],
          isStale: false,
          isRemote: false,
        },
      ],
    },
    configProblems: [],
    pid: 1,
    startedAt: Date.now() - 3_600_000,
    security: {
      mode: 'enforce',
      blocks: [],
      usableKeys: 2,
      load: { cpu: 0.34, memory: 0.61, throttle: 0 },
      storage: { kind: 'ok' },
    },
    sharing: quietSharing,
    ...state,
  };
}

/** Two machines in the network may call until Friday, over a certificate FLM made; the check-up found one thing. */
export function busySharing(): SharingSummary {
  const now = Date.now();
  return {
    exposure: { scope: 'interfaces', addresses: ['192.168.1.20'], because: ['share'], until: now + 3 * 86_400_000 },
    tls: {
      mode: 'self-signed',
      phase: 'ready',
      certificate: {
        names: ['192.168.1.20', 'desk.local', '127.0.0.1'],
        issuer: 'FLM local CA of desk',
        notBefore: now - 86_400_000,
        notAfter: now + 89 * 86_400_000,
        fingerprint: Array.from({ length: 32 }, (_, index) =>
          (index * 7).toString(16).padStart(2, '0').toUpperCase(),
        ).join(':'),
      },
      renewsAt: now + 59 * 86_400_000,
      caFile: '/home/me/.config/flm/tls/ca.pem',
    },
    endpoints: [
      { from: 'machine', url: 'http://127.0.0.1:11435/v1', isTls: false },
      { from: 'network', url: 'https://192.168.1.20:11435/v1', isTls: true, interfaceName: 'Wi-Fi' },
    ],
    shares: [makeShare()],
    checkup: {
      at: now - 20 * minute,
      findings: [
        {
          check: 'engine-open',
          severity: 'high',
          what: reason('engine.notHttp', '192.168.1.20:11434'),
          why: reason('engine.stopped'),
          fix: reason('engine.installed'),
          command: "launchctl setenv OLLAMA_HOST '127.0.0.1'",
          source: 'https://docs.ollama.com/faq',
        },
      ],
      skipped: [reason('engine.reset')],
      isCancelled: false,
    },
  };
}

export function makeShare(share: Partial<ShareView> = {}): ShareView {
  return {
    id: 'share_a1b2c3d4e5f6',
    label: 'colleague next door',
    audience: { type: 'lan' },
    limits: { models: ['ollama/llama3.2:3b'], requestsPerDay: 200 },
    keyId: 'k7m2p9q4r8s1',
    exposure: { scope: 'interfaces', addresses: ['192.168.1.20'] },
    createdAt: Date.now() - 86_400_000,
    expiresAt: Date.now() + 3 * 86_400_000,
    requests: 211,
    refused: 2,
    tokens: 48_000,
    requestsToday: 14,
    tokensToday: 3_100,
    lastUsedAt: Date.now() - 3 * minute,
    ...share,
  };
}

export function makeBlock(block: Partial<Block> = {}): Block {
  return {
    range: '203.0.113.9',
    source: 'auto',
    rule: 'honeypot',
    reason: '3 different decoys touched',
    cause: { sentence: reason('block.decoys', 3), lastRule: 'honeypot', quote: '/.git/config' },
    createdAt: Date.now() - 4 * minute,
    expiresAt: Date.now() + 27 * minute,
    strikes: 1,
    ...block,
  };
}

export function makeKey(key: Partial<ApiKey> = {}): ApiKey {
  return {
    id: 'k7m2p9q4r8s1',
    label: 'tablet',
    kind: 'normal',
    scope: { models: ['ollama/*'], requestsPerMinute: 60, tokensPerDay: 200_000 },
    createdAt: Date.now() - 20 * 86_400_000,
    lastUsedAt: Date.now() - 5 * minute,
    expiresAt: Date.now() + 6 * 86_400_000,
    ...key,
  };
}

const samples: readonly (readonly [AuditKind, Severity, Partial<AuditRow>])[] = [
  ['block.added', 'high', { address: '203.0.113.9', rule: 'honeypot', evidence: '3 decoy paths in 2 min' }],
  ['detection.honeypot', 'medium', { address: '203.0.113.9', rule: 'honeypot./.git/config', evidence: '/.git/config' }],
  [
    'detection.intrusion',
    'high',
    { address: '198.51.100.7', rule: 'intrusion.sqli', evidence: "/v1/models?q=1' OR '1'='1" },
  ],
  [
    'auth.failure',
    'low',
    { address: '198.51.100.7', errorCode: 'key_invalid', route: '/v1/chat/completions', status: 401 },
  ],
  ['auth.success', 'info', { address: '192.168.1.31', keyId: 'k7m2p9q4r8s1' }],
  ['throttle.rate', 'low', { address: '192.168.1.31', keyId: 'k7m2p9q4r8s1', rule: 'rate-limit.key', status: 429 }],
  ['auth.decoy', 'critical', { address: '198.51.100.99', keyId: 'decoy0000001', rule: 'honeypot.key' }],
  [
    'detection.anomaly',
    'medium',
    { address: '198.51.100.7', rule: 'anomaly.unknown-paths', evidence: '31 paths', observedOnly: true },
  ],
];

/** Rows of an audit log, newest first, `stepMs` apart. The same for the same arguments but for the time. */
export function makeRows(count: number, stepMs = 5_000, change: Partial<AuditRow> = {}): AuditRow[] {
  const now = Date.now();
  return Array.from({ length: count }, (_, index): AuditRow => {
    const [kind, severity, more] = samples[index % samples.length]!;
    const seq = count - index;
    return {
      kind,
      severity,
      seq,
      at: now - index * stepMs,
      hash: seq.toString(16).padStart(64, '0'),
      ...more,
      ...change,
    };
  });
}

/** A day of use with a peak and a burst of refusals. */
export function traffic({ from, to, bucketMs }: StatisticsQuery): Statistics {
  const count = Math.round((to - from) / bucketMs);
  const buckets = Array.from({ length: count }, (_, index) => {
    const wave = Math.max(0, Math.sin((index / count) * Math.PI * 3)) * 40 + ((index * 7919) % 13);
    const requests = Math.round(wave);
    const refused = index > count * 0.8 && index < count * 0.85 ? 18 : 0;
    return {
      at: from + index * bucketMs,
      requests: requests + refused,
      refused,
      failed: 0,
      tokensIn: requests * 310,
      tokensOut: requests * 180,
      ...(requests === 0 ? {} : { firstTokenP50Ms: 120 + (index % 17) * 4, firstTokenP95Ms: 310 + (index % 11) * 30 }),
      alerts: refused > 0 ? 1 : 0,
    };
  });
  const usage = {
    refused: 0,
    bytesOut: 0,
    lastAt: Date.now() - 2_000,
    firstTokenP50Ms: 128,
    firstTokenP95Ms: 410,
  };
  return {
    bucketMs,
    buckets,
    byKey: [
      { ...usage, name: '-', requests: 412, tokensIn: 60_000, tokensOut: 28_000 },
      {
        ...usage,
        name: 'k7m2p9q4r8s1',
        requests: 31,
        tokensIn: 6_000,
        tokensOut: 3_100,
        refused: 4,
        lastAt: Date.now() - 5 * minute,
      },
    ],
    byModel: [{ ...usage, name: 'ollama/llama3.2:3b', requests: 443, tokensIn: 66_000, tokensOut: 31_100 }],
    byAddress: [
      { ...usage, name: '127.0.0.1', requests: 412, tokensIn: 60_000, tokensOut: 28_000 },
      {
        ...usage,
        name: '203.0.113.9',
        requests: 18,
        tokensIn: 0,
        tokensOut: 0,
        refused: 18,
        lastAt: Date.now() - 4 * minute,
      },
    ],
  };
}
