import { isLoopbackAddress } from '../../../core/address';
import { parseRange } from '../../../core/ip-range';
import { reason } from '../../../core/reason';
import type { CheckupFinding } from '../../../protocol/sharing-rpc';
import { isExposed, type Check } from '../check';

/** Host bits of the largest range of proxies that is not called wide: 256 addresses, or one IPv6 network. */
const widestHostBits = { v4: 8, v6: 64 };

/** Trust in proxies that reaches over more machines than anybody's proxies are. */
export const trustedProxies: Check = {
  id: 'trusted-proxies-wide',
  run: (facts) => {
    const findings = facts.trustedProxies.flatMap((text): CheckupFinding[] => {
      const range = parseRange(text);
      if (range === undefined || isLoopbackAddress(text.replace(/\/.*$/, ''))) return [];
      const hostBits = (range.isV6 ? 128 : 32) - range.prefix;
      if (hostBits <= (range.isV6 ? widestHostBits.v6 : widestHostBits.v4)) return [];
      const size = hostBits <= 20 ? 2 ** hostBits : `2^${hostBits}`;
      return [
        {
          check: trustedProxies.id,
          severity: isExposed(facts) ? 'medium' : 'low',
          what: reason('checkup.trust.what', range.text, size),
          why: reason('checkup.trust.why'),
          fix: reason('checkup.trust.fix'),
        },
      ];
    });
    return { findings };
  },
};
