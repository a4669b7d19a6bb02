/** What the exposure check-up says: what is wrong, why it matters, how to mend it. Part of `reasonTemplates`. */
export const checkupReasons = {
  // an engine answers beside the proxy
  'checkup.open.what': '{0} answers on {1} without asking for a key.',
  'checkup.open.why':
    'Whoever reaches that address uses the engine directly, past the keys, limits and records of FLM. A firewall may still keep others out; FLM cannot see that from here.',
  'checkup.open.fixOllama': 'Set OLLAMA_HOST to 127.0.0.1 where Ollama is started, and start it again.',
  'checkup.open.fixLmStudio': 'Turn off "Serve on Local Network" in the server settings of LM Studio.',
  'checkup.open.fixFlags': 'Start {0} with --host 127.0.0.1, or with --api-key.',
  'checkup.open.fixOther': 'Let it listen on 127.0.0.1 only, or give it an API key.',

  // any web page may read an engine's answers
  'checkup.cors.what': '{0} at {1} lets every web page read its answers (CORS).',
  'checkup.cors.why': 'A page you open in a browser on this machine could use your models and read what they say.',
  'checkup.cors.fixOllama': 'Remove the wildcard from OLLAMA_ORIGINS and start Ollama again.',
  'checkup.cors.fixLmStudio': 'Turn off "Enable CORS" in the server settings of LM Studio.',
  'checkup.cors.fixLlama':
    'llama-server has no setting for that. Start it with --api-key, which web pages do not have.',
  'checkup.cors.fixVllm': 'Start vLLM with --allowed-origins and the pages that may use it, or with --api-key.',
  'checkup.cors.fixOther': 'Name the web origins that may use it, or give it an API key.',

  // any host name is accepted
  'checkup.rebinding.what': '{0} at {1} answers under any host name.',
  'checkup.rebinding.why':
    'With DNS rebinding, a web page can make its own name point at this machine and use the engine as if it were its own server.',
  'checkup.rebinding.fixOllama':
    'Update Ollama to 0.1.29 or newer and let it listen on 127.0.0.1: elsewhere it does not check host names.',
  'checkup.rebinding.fixLmStudio': 'Require API tokens in the server settings of LM Studio.',
  'checkup.rebinding.fixKey': 'Start {0} with --api-key, which web pages do not have.',
  'checkup.rebinding.fixOther': 'Give it an API key, which web pages do not have.',

  // versions
  'checkup.version.what': '{0} runs version {1}, which has known holes: {2}.',
  'checkup.version.why': 'The worst of them: {0}.',
  'checkup.version.fix': 'Update {0} to {1} or newer.',
  'checkup.version.unknown': 'The version of {0} is not known, so known holes could not be looked up.',

  // files
  'checkup.files.what': 'Other users of this machine can read {0}.',
  'checkup.files.whyFolder': 'It holds the keys with which FLM protects its records, and its certificates.',
  'checkup.files.whyKey': 'Whoever has this private key can pass for this machine.',
  'checkup.files.fix': 'Take the rights of others away.',
  'checkup.files.unchecked': 'FLM cannot check on Windows whether other users can read its key files.',

  // tunnels and proxies
  'checkup.tunnel.what': '{0} requests of the last {1} came through a proxy or tunnel on this machine ({2}).',
  'checkup.tunnel.why':
    'FLM cannot tell those callers apart: limits and blocks hold for all of them together. They get none of the ease of programs on this machine.',
  'checkup.tunnel.fix':
    'If you run that proxy, add its address to `trustedProxies` in the security policy. If you do not know it, stop it.',
  'checkup.trust.what': 'The trusted proxies include {0}, which is {1} addresses.',
  'checkup.trust.why': 'Every machine in that range may claim to be any other, and so escape limits and blocks.',
  'checkup.trust.fix': 'Name the single addresses of your proxies in `trustedProxies` of the security policy.',

  // certificate
  'checkup.tls.failedWhat': 'There is no usable certificate.',
  'checkup.tls.failedWhy': 'Clients cannot connect with HTTPS until there is one.',
  'checkup.tls.failedFix': 'Look at the notice of the certificate, set TLS up again, or renew the certificate.',
  'checkup.tls.expiredWhat': 'The certificate expired on {0}.',
  'checkup.tls.expiredWhy': 'Clients refuse to connect, or are taught to ignore warnings.',
  'checkup.tls.earlyWhat': 'The certificate is valid only from {0}.',
  'checkup.tls.earlyWhy': 'Clients refuse it until then. The clock of this machine may be wrong.',
  'checkup.tls.soonWhat': 'The certificate expires on {0}.',
  'checkup.tls.soonWhy': 'After that, clients refuse to connect.',
  'checkup.tls.renewFix': 'Renew the certificate; with files of your own, replace them.',
  'checkup.tls.namesWhat': 'The certificate does not cover {0}.',
  'checkup.tls.namesWhy': 'Clients that connect under that name or address get a warning or refuse.',
  'checkup.tls.namesFix': 'Renew the certificate, or use a name that it covers.',

  // clock
  'checkup.clock.what': 'The clock of this machine differs from that of {0} by {1} s.',
  'checkup.clock.why': 'Certificates, expiring keys and shares depend on the time.',
  'checkup.clock.fix': 'Let the system set its time from the network.',
  'checkup.clock.unchecked': 'There is no other machine whose clock could be compared with this one.',

  // how it is exposed
  'checkup.mode.offWhat': 'Other machines can reach the proxy, and the security services are off.',
  'checkup.mode.observeWhat': 'Other machines can reach the proxy, and the security services only watch.',
  'checkup.mode.why': 'Attacks are not stopped: nobody is blocked and no limit holds.',
  'checkup.mode.fix': 'Set the security mode to enforce.',
  'checkup.plain.what': 'Other machines reach the proxy over HTTP without encryption.',
  'checkup.plain.why': 'Everybody on the way can read prompts, answers and API keys, and use those keys.',
  'checkup.plain.fix': 'Set up TLS.',

  // the check-up itself
  'checkup.failed': 'The check {0} failed: {1}',
  'checkup.tooLong': 'The check-up took longer than {0} s and was ended.',
} as const;
