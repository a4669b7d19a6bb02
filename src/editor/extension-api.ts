import type { Gateway } from './gateway-port';

/** What `activate` hands out: for the tests and measurements in a real editor, no promise to other extensions. */
export interface ExtensionApi {
  readonly gateway: Pick<Gateway, 'status' | 'onDidChangeStatus'>;
  /** When `activate` was called, epoch ms. */
  readonly activatedAt: number;
  /** Time `activate` kept the main thread, in milliseconds. */
  readonly activationMs: number;
}
