import { Value } from 'typebox/value';
import { checkCertificateName, checkDomainName, checkEmail, type DomainCheck } from './domain-name';
import { parseRange } from './ip-range';
import { policySchema, type SecurityMode, type SecurityPolicy, type SecurityService } from './policy-schema';
import { acmeDirectoryNames } from './tls';

/** A field that cannot be used, by name. */
export interface PolicyProblem {
  /** `rateLimits.addressPerMinute`, `allowlist[3]`. */
  readonly field: string;
  /** English: what was expected. */
  readonly message: string;
}

export type PolicyResult =
  | { readonly ok: true; readonly policy: SecurityPolicy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

const MAX_PROBLEMS = 50;

/** What applies when nothing is set: the defaults of SECURITY.md. */
export const defaultPolicy: SecurityPolicy = Value.Default(policySchema, skeleton()) as SecurityPolicy;

/**
 * Reads a policy document. Fields left out take their defaults, so a document may name only what it changes. All or
 * nothing: with one bad or unknown field, every problem is named and there is no policy. Never throws.
 */
export function parsePolicy(raw: unknown): PolicyResult {
  if (!isObject(raw)) return { ok: false, problems: [{ field: '', message: 'must be an object' }] };
  const given = { ...raw };
  delete given['$schema'];
  const merged = merge(defaultPolicy, given) as SecurityPolicy;
  if (!Value.Check(policySchema, merged)) {
    const problems = [...Value.Errors(policySchema, merged)]
      .slice(0, MAX_PROBLEMS)
      .flatMap((error) => problemsOf(error));
    return { ok: false, problems: unique(problems) };
  }
  const problems = checkMeaning(merged);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, policy: normalized(merged) };
}

/**
 * What a service does. `auto` observes while only this machine can reach the gateway and enforces as soon as others
 * can. A service's own mode wins, except that a policy that is off is off.
 */
export function effectiveMode(
  policy: SecurityPolicy,
  isLoopbackOnly: boolean,
  service?: SecurityService,
): SecurityMode {
  const global = policy.mode === 'auto' ? (isLoopbackOnly ? 'observe' : 'enforce') : policy.mode;
  if (global === 'off' || service === undefined) return global;
  const own = policy.services[service];
  return own === 'inherit' ? global : own;
}

/** Objects are merged, everything else is replaced. Unknown members stay, so that the schema names them. */
function merge(base: unknown, given: unknown): unknown {
  if (!isObject(base) || !isObject(given)) return given === undefined ? base : structuredClone(given);
  const result: Record<string, unknown> = { ...structuredClone(base) };
  for (const [key, value] of Object.entries(given)) {
    if (key === '__proto__') continue;
    result[key] = merge(Object.hasOwn(base, key) ? base[key] : undefined, value);
  }
  return result;
}

interface SchemaError {
  readonly instancePath: string;
  readonly message: string;
  readonly keyword: string;
  readonly params: unknown;
}

function problemsOf(error: SchemaError): readonly PolicyProblem[] {
  const field = fieldName(error.instancePath);
  const params = error.params as {
    additionalProperties?: readonly string[];
    requiredProperties?: readonly string[];
    allowedValues?: readonly unknown[];
  };
  if (error.keyword === 'additionalProperties') {
    return (params.additionalProperties ?? []).map((name) => ({
      field: field === '' ? name : `${field}.${name}`,
      message: 'is not a field of the policy',
    }));
  }
  if (error.keyword === 'enum')
    return [{ field, message: `must be one of ${(params.allowedValues ?? []).join(', ')}` }];
  const message = error.keyword === 'boolean' ? 'is not a field of the policy' : error.message;
  return [{ field, message }];
}

/** `/allowlist/3` → `allowlist[3]`. */
function fieldName(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((name, part) => (/^\d+$/.test(part) ? `${name}[${part}]` : name === '' ? part : `${name}.${part}`), '');
}

function unique(problems: readonly PolicyProblem[]): readonly PolicyProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ field }) => !seen.has(field) && seen.add(field));
}

function checkMeaning(policy: SecurityPolicy): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const add = (field: string, message: string): void => void problems.push({ field, message });

  for (const list of ['allowlist', 'trustedProxies'] as const) {
    policy[list].forEach((text, index) => {
      if (parseRange(text) === undefined) add(`${list}[${index}]`, 'must be an IP address or CIDR range');
    });
  }
  policy.trustedProxies.forEach((text, index) => {
    if (parseRange(text)?.prefix === 0) add(`trustedProxies[${index}]`, 'must not trust every address');
  });
  policy.corsOrigins.forEach((text, index) => {
    if (!isOrigin(text))
      add(`corsOrigins[${index}]`, 'must be an origin such as https://app.example.org, without a path');
  });
  checkTls(policy, add);
  if (policy.resources.releasePercent >= policy.resources.engagePercent) {
    add('resources.releasePercent', 'must be below resources.engagePercent');
  }
  const { warnAt, blockAt, longBlockAt } = policy.scoring;
  if (warnAt > blockAt) add('scoring.warnAt', 'must not be above scoring.blockAt');
  if (blockAt > longBlockAt) add('scoring.blockAt', 'must not be above scoring.longBlockAt');
  policy.authFailures.ladder.forEach((step, index, all) => {
    const before = all[index - 1];
    if (before !== undefined && before.failures >= step.failures) {
      add(`authFailures.ladder[${index}].failures`, 'must be above the step before');
    }
  });
  policy.honeypots.paths.forEach((path, index) => {
    if (isRealPath(path)) add(`honeypots.paths[${index}]`, 'is asked for by honest clients');
  });
  return problems;
}

function checkTls({ tls }: SecurityPolicy, add: (field: string, message: string) => void): void {
  if (tls.mode === 'files') {
    if (tls.certFile === undefined) add('tls.certFile', 'is needed when tls.mode is files');
    if (tls.keyFile === undefined) add('tls.keyFile', 'is needed when tls.mode is files');
  }
  if (tls.mode === 'acme') {
    if (tls.acme_domain === undefined) add('tls.acme_domain', 'is needed when tls.mode is acme');
    if (tls.acme_email === undefined) add('tls.acme_email', 'is needed when tls.mode is acme');
  }
  const domain = checkAcmeDomain(tls);
  if (domain?.ok === false) add('tls.acme_domain', domain.message);
  const email = tls.acme_email === undefined ? undefined : checkEmail(tls.acme_email);
  if (email?.ok === false) add('tls.acme_email', email.message);
  if (!isAcmeDirectory(tls.acme_directory)) {
    add('tls.acme_directory', 'must be letsencrypt, letsencrypt-staging or an https URL');
  }
  // A relative path would be looked up wherever the editor was started, so a folder's owner could choose the program.
  if (tls.acme_dnsHook !== undefined && !isAbsolutePath(tls.acme_dnsHook)) {
    add('tls.acme_dnsHook', 'must be an absolute path of a program, without arguments');
  }
}

/** What HTTP-01 cannot prove is a domain only where there is a hook for DNS-01. */
function checkAcmeDomain(tls: SecurityPolicy['tls']): DomainCheck | undefined {
  if (tls.acme_domain === undefined) return undefined;
  return (tls.acme_dnsHook === undefined ? checkDomainName : checkCertificateName)(tls.acme_domain);
}

function isAcmeDirectory(text: string): boolean {
  if (acmeDirectoryNames.some((name) => name === text)) return true;
  try {
    const { protocol, username, password } = new URL(text);
    return protocol === 'https:' && username === '' && password === '';
  } catch {
    return false;
  }
}

/** Of any system: POSIX, a Windows drive, a network share. */
function isAbsolutePath(path: string): boolean {
  return /^(?:\/|[a-z]:[\\/]|\\\\)/i.test(path);
}

/** Domain and address in their normal form. */
function normalized(policy: SecurityPolicy): SecurityPolicy {
  const tls = { ...policy.tls };
  const domain = checkAcmeDomain(tls);
  if (domain?.ok === true) tls.acme_domain = domain.domain;
  if (tls.acme_email !== undefined) {
    const email = checkEmail(tls.acme_email);
    if (email.ok) tls.acme_email = email.email;
  }
  return { ...policy, tls };
}

function isOrigin(text: string): boolean {
  try {
    const url = new URL(text);
    if (url.protocol === 'http:' || url.protocol === 'https:')
      return url.origin === text.toLowerCase().replace(/\/$/, '');
    return /^[a-z][a-z0-9+.-]*:\/\/[\w.-]+$/i.test(text);
  } catch {
    return false;
  }
}

/** Paths that clients, browsers and editors ask for by themselves: a trap there would catch friends. */
function isRealPath(path: string): boolean {
  return (
    /^\/(?:\.well-known|v\d\w*|api|props|docs|health\w*|metrics|models|slots|version|openapi\.json|robots\.txt|favicon\.ico)(?:\/|$)/i.test(
      path,
    ) || path === '/'
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Groups have to be there for their members' defaults to be filled in. */
function skeleton(): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(policySchema.properties)) {
    if ((schema as { type?: string }).type === 'object') result[name] = {};
  }
  return result;
}
