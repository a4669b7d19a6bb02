import { X509Certificate } from 'node:crypto';
import type { KeptPair } from '../../../src/tls/pair-file';
import { issueCa, issueLeaf } from '../../../src/tls/self-signed/issue';
import { subjectNames } from '../../../src/tls/self-signed/subject-names';

/** A CA for a test. */
export interface TestAuthority {
  /** PEM. */
  readonly cert: string;
  /** A server certificate, as if made at a time (epoch ms). */
  issue(names: readonly string[], at?: number): Promise<KeptPair>;
}

export async function makeAuthority(at = Date.now()): Promise<TestAuthority> {
  const pair = await issueCa({ subject: `O=Test, CN=Test CA ${at}`, names: [] }, at);
  const ca = { key: pair.key, certificate: new X509Certificate(pair.cert) };
  return {
    cert: pair.cert,
    issue: (names, issuedAt = at) => issueLeaf(ca, subjectNames(names), issuedAt),
  };
}
