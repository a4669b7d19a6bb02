import type { Gateway } from './gateway-port';

/** Makes an API key for a tool and answers its secret, which is to be had only now. Rejects with FlmError. */
export async function createToolKey(gateway: Pick<Gateway, 'request'>, tool: string): Promise<string> {
  const { secret } = await gateway.request('keys/create', { label: tool, purpose: tool });
  return secret;
}
