import { readFile, stat } from 'node:fs/promises';
import { reason } from '../../core/reason';
import { checkPair, type PairCheck } from '../certificate';
import { errorCode } from '../error-message';

const maxFileBytes = 1024 * 1024;

/** Reads a certificate and its key and checks that TLS can be served with them. Does not reject. */
export async function readFiles(certFile: string, keyFile: string, now: number): Promise<PairCheck> {
  const cert = await readText(certFile);
  if (typeof cert !== 'string') return unreadable(certFile, cert.error);
  const key = await readText(keyFile);
  if (typeof key !== 'string') return unreadable(keyFile, key.error);
  return checkPair({ cert, key, certFile, keyFile }, now);
}

/** The text of a regular file. A pipe or device would keep us waiting, a large file is no certificate. */
export async function readText(path: string): Promise<string | { readonly error: string }> {
  try {
    const facts = await stat(path);
    if (!facts.isFile()) return { error: 'not a file' };
    if (facts.size > maxFileBytes) return { error: 'larger than 1 MB' };
    return await readFile(path, 'utf8');
  } catch (error) {
    return { error: errorCode(error) };
  }
}

function unreadable(path: string, error: string): PairCheck {
  return { ok: false, reason: reason('tls.fileUnreadable', path, error) };
}
