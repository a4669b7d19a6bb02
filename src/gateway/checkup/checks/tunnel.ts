import { reason } from '../../../core/reason';
import { nothingFound, type Check } from '../check';

const hourMs = 60 * 60 * 1000;

/** Requests that come over loopback but say that somebody stands in front, and nobody was told to be trusted. */
export const tunnel: Check = {
  id: 'tunnel',
  run: ({ forwarded }) => {
    if (forwarded === undefined) return nothingFound;
    const { count, header, windowMs } = forwarded;
    return {
      findings: [
        {
          check: tunnel.id,
          severity: 'medium',
          what: reason('checkup.tunnel.what', count, `${Math.round(windowMs / hourMs)} h`, header),
          why: reason('checkup.tunnel.why'),
          fix: reason('checkup.tunnel.fix'),
        },
      ],
    };
  },
};
