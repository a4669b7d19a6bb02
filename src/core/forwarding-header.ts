/** Headers as Node gives them: names lower-case, repeated list headers joined by commas. */
export type HeaderValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Headers by which proxies and tunnels in front of a server tell of the real client. */
const forwardingHeaders: ReadonlySet<string> = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-forwarded-for',
  'x-envoy-external-address',
  'x-azure-clientip',
  'true-client-ip',
  'fastly-client-ip',
  'fly-client-ip',
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'cf-ray',
  'cdn-loop',
  'ngrok-trace-id',
  'tailscale-user-login',
]);

/**
 * Finds a sign that a proxy or tunnel stands in front, whatever `x-forwarded-*` header included: then a loopback peer is
 * not the client, and gets no leniency (unsloth PR 9102). Undefined when there is none. One pass over the names there are, which are fewer than those looked for.
 */
export function forwardingHeader(headers: HeaderValues): string | undefined {
  for (const name in headers) {
    const isSign = forwardingHeaders.has(name) ? headers[name] !== undefined : name.startsWith('x-forwarded');
    if (isSign) return name;
  }
  return undefined;
}
