import type { CreatedKey } from '../core/api-key';
import type { Gateway } from './gateway-port';

/** Makes an API key for a tool; its secret is to be had only now. Rejects with FlmError. */
export function createToolKey(gateway: Pick<Gateway, 'request'>, tool: string): Promise<CreatedKey> {
  return gateway.request('keys/create', { label: tool, purpose: tool });
}
