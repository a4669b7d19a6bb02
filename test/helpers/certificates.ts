import { X509Certificate } from 'node:crypto';
import type { TlsMaterial } from '../../src/core/tls';
import { issueCa, issueLeaf } from '../../src/tls/self-signed/issue';

/** A CA for tests, and server certificates of it. */
export interface TestCa {
  /** What clients are to trust, PEM. */
  readonly pem: string;
  issue(names: { readonly dns?: readonly string[]; readonly addresses?: readonly string[] }): Promise<TlsMaterial>;
}

export async function createTestCa(names: readonly string[] = []): Promise<TestCa> {
  const ca = await issueCa({ subject: 'CN=Test CA, O=Tests', names }, Date.now());
  const certificate = new X509Certificate(ca.cert);
  return {
    pem: ca.cert,
    issue: ({ dns = [], addresses = [] }) => issueLeaf({ key: ca.key, certificate }, { dns, addresses }, Date.now()),
  };
}
