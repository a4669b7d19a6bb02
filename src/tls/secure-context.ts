import type { TlsOptions } from 'node:tls';
import type { TlsMaterial } from '../core/tls';

/** Of TLS 1.2 only what is forward secret and authenticated (RFC 9325 §4.2); TLS 1.3 has nothing else. */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

const sessionSeconds = 3600;
/** A client that connects and does not finish its handshake is let go. */
export const handshakeTimeoutMs = 10_000;

/**
 * Options with which FLM serves TLS: for `https.createServer`, and for `server.setSecureContext` when the certificate
 * changes (connections that are open keep theirs). Nothing below TLS 1.2 (RFC 8996). Session tickets are those of the
 * context: another certificate makes them void, which costs one full handshake per client.
 */
export function secureServerOptions(material: TlsMaterial): TlsOptions {
  return {
    cert: material.cert,
    key: material.key,
    minVersion: 'TLSv1.2',
    ciphers,
    honorCipherOrder: true,
    sessionTimeout: sessionSeconds,
    handshakeTimeout: handshakeTimeoutMs,
  };
}
