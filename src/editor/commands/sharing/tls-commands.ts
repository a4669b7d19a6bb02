import { X509Certificate } from 'node:crypto';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { TlsPolicy } from '../../../core/tls';
import type { CommandHandler, CommandServices } from '../../command-services';
import { confirm } from '../../copy';
import { formatTime } from '../../format';
import { askSavePath } from '../../local-files';
import { localizeReason } from '../../localizer';
import { withProgress } from '../../progress';
import { messageText } from '../../safe-text';
import { trustPage } from '../../certificates/ca-trust';
import { revokeAfterYes } from '../../certificates/revoke-after-yes';
import { askForTls } from '../../certificates/tls-steps';
import { requireTrust } from '../../workspace-trust';

/** Asks how connections of other machines are encrypted, and puts it into the policy. */
export const setUpTls: CommandHandler = async (services) => {
  const { gateway, l10n, input, policy } = services;
  requireTrust(l10n);
  const { policy: current } = await gateway.request('policy/get', {});
  const tls = await askForTls({ input, l10n, current: (current as { tls: TlsPolicy }).tls });
  await withProgress(l10n.t('Setting up TLS'), policy.file.set({ ...(current as object), tls }));
  policy.changed();
  confirm(tls.mode === 'off' ? l10n.t('TLS is off') : l10n.t('TLS is being set up'));
};

/** A new certificate, or the files read again. */
export const renewCertificate: CommandHandler = async ({ gateway, l10n }) => {
  requireTrust(l10n);
  const state = await withProgress(l10n.t('Renewing the certificate'), gateway.request('tls/renew', {}));
  const trouble = state.cause ?? state.notice;
  if (trouble !== undefined) {
    void vscode.window.showWarningMessage(localizeReason(l10n, trouble, messageText));
  } else if (state.certificate === undefined) {
    void vscode.window.showInformationMessage(l10n.t('TLS is off, so there is no certificate.'));
  } else {
    confirm(l10n.t('The certificate is valid until {0}', formatTime(state.certificate.notAfter, l10n.language)));
  }
};

/** The certificate in use and its key are given up, after a yes. */
export const revokeCertificate: CommandHandler = ({ gateway, l10n }) =>
  revokeAfterYes(gateway, l10n, {
    agrees: async ({ message, detail }) => {
      const revoke = l10n.t('Revoke');
      return (await vscode.window.showWarningMessage(message, { modal: true, detail }, revoke)) === revoke;
    },
    whileRevoking: (work) => withProgress(l10n.t('Revoking the certificate'), work),
    warn: (text) => void vscode.window.showWarningMessage(text),
    confirm,
  });

/** Writes the local CA's certificate where the person wants it, and shows how others are told to trust it. */
export const exportCa: CommandHandler = async (services) => {
  const { gateway, l10n, reports } = services;
  const { pem } = await gateway.request('tls/ca', {});
  const uri = await askSavePath(services, {
    title: l10n.t('Export CA Certificate'),
    name: 'flm-local-ca.pem',
    filters: { [l10n.t('Certificates')]: ['pem', 'crt'] },
  });
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(pem));
  const thumbprint = new X509Certificate(pem).fingerprint.replaceAll(':', '');
  const ca = { name: basename(uri.fsPath), thumbprint, endpoint: endpointForOthers(services) };
  const fingerprint = gateway.status.state?.sharing.tls.caFingerprint;
  await reports.show(l10n.t('Trust the CA of FLM'), trustPage(l10n, ca, fingerprint));
};

function endpointForOthers({ gateway }: CommandServices): string {
  const endpoints = gateway.status.state?.sharing.endpoints ?? [];
  return (endpoints.find(({ isTls }) => isTls) ?? endpoints[0])?.url ?? 'https://127.0.0.1:11435/v1';
}
