import { reason } from '../../../core/reason';
import { isExposed, nothingFound, type Check } from '../check';

/** Reachable by others without encryption. Addresses of the public internet make it grave. */
export const plainHttp: Check = {
  id: 'exposed-plain-http',
  run: (facts) => {
    if (!isExposed(facts) || facts.tls.phase === 'ready') return nothingFound;
    const open = new Set(facts.exposure.addresses);
    const isPublic = facts.addresses.some(({ address, kind }) => kind === 'public' && open.has(address));
    return {
      findings: [
        {
          check: plainHttp.id,
          severity: isPublic ? 'high' : 'medium',
          what: reason('checkup.plain.what'),
          why: reason('checkup.plain.why'),
          fix: reason('checkup.plain.fix'),
        },
      ],
    };
  },
};
