import { createHash } from 'node:crypto';
import { reason, type Reason } from '../../core/reason';
import type { TlsPolicy } from '../../core/tls';
import { directoryUrl } from './directories';

const defaultHttpPort = 80;

/** The part of the policy that ACME reads, with everything there. */
export interface AcmeSettings {
  readonly directoryUrl: string;
  /** Of the directory, for people. */
  readonly host: string;
  readonly domain: string;
  readonly email: string;
  readonly caFile?: string;
  readonly httpPort: number;
  readonly dnsHook?: string;
  /** The same for the same settings. */
  readonly digest: string;
}

/** Complete settings whose terms a person accepted, or why nothing may be sent yet. */
export function acmeSettings(policy: TlsPolicy): AcmeSettings | Reason {
  const url = directoryUrl(policy.acme_directory ?? 'letsencrypt');
  const { acme_domain: domain, acme_email: email, acme_caFile: caFile, acme_dnsHook: dnsHook } = policy;
  if (domain === undefined || email === undefined) return reason('tls.acmeIncomplete');
  const host = hostOf(url);
  if (policy.acme_terms !== true) return reason('tls.acmeTerms', host);
  const httpPort = policy.acme_httpPort ?? defaultHttpPort;
  const all = [url, domain, email, caFile ?? '', String(httpPort), dnsHook ?? ''];
  return {
    directoryUrl: url,
    host,
    domain,
    email,
    httpPort,
    ...(caFile === undefined ? {} : { caFile }),
    ...(dnsHook === undefined ? {} : { dnsHook }),
    digest: createHash('sha256').update(all.join('\n')).digest('hex').slice(0, 16),
  };
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}
