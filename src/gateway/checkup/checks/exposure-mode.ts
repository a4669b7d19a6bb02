import { reason } from '../../../core/reason';
import { isExposed, nothingFound, type Check } from '../check';

/** Reachable by others while nothing stops attacks. */
export const exposureMode: Check = {
  id: 'exposed-unguarded',
  run: (facts) => {
    if (!isExposed(facts) || facts.mode === 'enforce') return nothingFound;
    const isOff = facts.mode === 'off';
    return {
      findings: [
        {
          check: exposureMode.id,
          severity: isOff ? 'high' : 'medium',
          what: reason(isOff ? 'checkup.mode.offWhat' : 'checkup.mode.observeWhat'),
          why: reason('checkup.mode.why'),
          fix: reason('checkup.mode.fix'),
        },
      ],
    };
  },
};
