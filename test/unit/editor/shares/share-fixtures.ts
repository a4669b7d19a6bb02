import type { MachineAddress } from '../../../../src/core/exposure';
import type { ShareView } from '../../../../src/core/share';
import { now } from '../editor-facts';

export const hourMs = 3_600_000;

export const wifi: MachineAddress = {
  address: '192.168.1.20',
  family: 4,
  interfaceName: 'Wi-Fi',
  range: '192.168.1.0/24',
  kind: 'private',
};

export function makeShare(share: Partial<ShareView> = {}): ShareView {
  return {
    id: 'share_abcdefghijkl',
    label: 'colleague',
    audience: { type: 'addresses', ranges: ['192.168.1.7'] },
    limits: {},
    keyId: 'abcdefghijkl',
    exposure: { scope: 'interfaces', addresses: ['192.168.1.20'] },
    createdAt: now - hourMs,
    requests: 0,
    refused: 0,
    tokens: 0,
    requestsToday: 0,
    tokensToday: 0,
    ...share,
  };
}
