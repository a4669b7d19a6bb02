import { createPrivateKey } from 'node:crypto';
import { readChain } from './certificate';
import type { PrivateFolder } from './private-folder';

/** A private key and its certificate with chain, as kept. */
export interface KeptPair {
  readonly key: string;
  readonly cert: string;
}

export type LoadedPair =
  { readonly is: 'missing' } | { readonly is: 'damaged' } | { readonly is: 'whole'; readonly pair: KeptPair };

/**
 * Key and certificate in one file: what is renamed into place as one cannot be torn apart by a crash. `damaged` is
 * anything else than a key and the certificate that belongs to it; whether it is still valid is the caller's to say.
 */
export async function loadPair(folder: PrivateFolder, name: string): Promise<LoadedPair> {
  const text = await folder.read(name);
  if (text === undefined) return { is: 'missing' };
  const chain = readChain(text);
  if (chain === undefined) return { is: 'damaged' };
  try {
    const key = createPrivateKey(text);
    if (!chain[0].checkPrivateKey(key)) return { is: 'damaged' };
    const cert = chain.map((certificate) => certificate.toString()).join('');
    return { is: 'whole', pair: { key: key.export({ format: 'pem', type: 'pkcs8' }).toString(), cert } };
  } catch {
    return { is: 'damaged' };
  }
}

export async function savePair(folder: PrivateFolder, name: string, pair: KeptPair): Promise<void> {
  await folder.write(name, `${pair.key.trimEnd()}\n${pair.cert.trimEnd()}\n`);
}
