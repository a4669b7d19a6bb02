import type { SharingSummary } from '../../src/protocol/sharing-rpc';

/** Nothing is shared beyond this machine. */
export const quietSharing: SharingSummary = {
  exposure: { scope: 'machine', addresses: [], because: [] },
  tls: { mode: 'off', phase: 'off' },
  endpoints: [],
  shares: [],
};
