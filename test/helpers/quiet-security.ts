import type { SecuritySummary } from '../../src/protocol/security-rpc';

/** The security services of a machine where nothing happens. */
export const quietSecurity: SecuritySummary = {
  mode: 'observe',
  blocks: [],
  usableKeys: 0,
  load: { throttle: 0 },
  storage: { kind: 'ok' },
};
