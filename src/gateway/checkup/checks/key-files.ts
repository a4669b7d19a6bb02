import { reason } from '../../../core/reason';
import type { CheckupFinding } from '../../../protocol/sharing-rpc';
import { nothingFound, type Check } from '../check';
import { notOwnerMask, othersMask } from '../file-permissions';

/**
 * Private files that other users of this machine can read: FLM's folder (nobody but the owner has business there), and
 * the key of the user's own certificate (a group, as Debian's `ssl-cert`, may be meant). What lies in a closed folder is
 * closed.
 */
export const keyFiles: Check = {
  id: 'key-file-readable',
  run: async ({ platform, dataDir, tlsPolicy }, { files }) => {
    if (platform === 'win32') return { ...nothingFound, skipped: [reason('checkup.files.unchecked')] };
    const findings: CheckupFinding[] = [];
    if (((await files.mode(dataDir)) ?? 0) & notOwnerMask) {
      findings.push({
        check: keyFiles.id,
        severity: 'high',
        what: reason('checkup.files.what', dataDir),
        why: reason('checkup.files.whyFolder'),
        fix: reason('checkup.files.fix'),
        command: `chmod 700 ${quoted(dataDir)}`,
      });
    }
    const { mode, keyFile } = tlsPolicy;
    if (mode === 'files' && keyFile !== undefined && ((await files.mode(keyFile)) ?? 0) & othersMask) {
      findings.push({
        check: keyFiles.id,
        severity: 'high',
        what: reason('checkup.files.what', keyFile),
        why: reason('checkup.files.whyKey'),
        fix: reason('checkup.files.fix'),
        command: `chmod o-rwx ${quoted(keyFile)}`,
      });
    }
    return { findings };
  },
};

/** One word for a POSIX shell; `--` is not needed, because paths here are absolute. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
