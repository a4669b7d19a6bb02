import type { SharingHandlers } from '../sharing-handlers';
import type { Shares } from './shares';

type ShareHandlers = Pick<
  SharingHandlers,
  'shares/list' | 'shares/create' | 'shares/change' | 'shares/end' | 'shares/rotate'
>;

/** One row per request about shares. Parameters are already checked. */
export function shareHandlers(shares: Shares): ShareHandlers {
  return {
    'shares/list': ({ ended }) => (ended ? shares.all() : shares.running()),
    'shares/create': (wanted) => shares.create(wanted),
    'shares/change': (change) => shares.change(change),
    'shares/end': ({ id }) => shares.end(id),
    'shares/rotate': ({ id, graceMinutes }) => shares.rotate(id, graceMinutes),
  };
}
