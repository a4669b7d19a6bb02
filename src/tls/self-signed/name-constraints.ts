import { AsnConvert } from '@peculiar/asn1-schema';
import { GeneralName, GeneralSubtree, GeneralSubtrees, NameConstraints } from '@peculiar/asn1-x509';
import { Extension, type X509Certificate } from '@peculiar/x509';

const extensionId = '2.5.29.30';

/** Names that the public DNS does not have: RFC 6762 §3 and appendix G, RFC 8375, RFC 6761, ICANN's `.internal`. */
const privateSuffixes = [
  'localhost',
  'local',
  'lan',
  'home',
  'internal',
  'intranet',
  'private',
  'localdomain',
  'home.arpa',
  'test',
];

/**
 * Says for which DNS names the CA may vouch (RFC 5280 §4.2.1.10): private ones and those of this machine, with what is
 * below them. Whoever steals its key cannot pretend to be somebody's bank. Addresses are left open: machines change them.
 */
export function nameConstraints(names: readonly string[]): Extension {
  const permitted = [...new Set([...privateSuffixes, ...names])].sort();
  const subtrees = new GeneralSubtrees(
    permitted.map((dNSName) => new GeneralSubtree({ base: new GeneralName({ dNSName }) })),
  );
  const value = AsnConvert.serialize(new NameConstraints({ permittedSubtrees: subtrees }));
  return new Extension(extensionId, true, value);
}

/** The DNS names of {@link nameConstraints}. Undefined when the certificate has none: then every name is allowed. */
export function permittedNames(certificate: X509Certificate): readonly string[] | undefined {
  const extension = certificate.getExtension(extensionId);
  if (extension === null) return undefined;
  const subtrees: readonly GeneralSubtree[] =
    AsnConvert.parse(extension.value, NameConstraints).permittedSubtrees ?? [];
  return subtrees.flatMap(({ base }) => (base.dNSName === undefined ? [] : [base.dNSName]));
}

/** A subtree is the name itself and everything made by labels to its left. */
export function isPermitted(name: string, permitted: readonly string[]): boolean {
  return permitted.some((base) => name === base || name.endsWith(`.${base}`));
}
