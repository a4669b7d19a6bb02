import type { Endpoint } from '../../core/exposure';
import type { Share } from '../../core/share';
import type { TlsState } from '../../core/tls';
import { formatTimeAndZone } from '../format';
import { dotenvSnippet } from '../keys/key-snippets';
import type { Localizer } from '../localizer';
import { plainText } from '../safe-text';
import { curlSnippet, type ShellFlavor } from '../snippets';
import type { ToolModel } from '../wiring/config-edit';
import { editChatLanguageModels } from '../wiring/vscode-custom-endpoint';
import { modelsText } from './share-facts';

/** What somebody needs to use a share. The secret is in here: it is made into text and then forgotten. */
export interface Handover {
  readonly share: Share;
  readonly endpoint: Endpoint;
  readonly secret: string;
  /** A model to begin with. */
  readonly model: string;
  readonly tls: TlsState;
  /** Certificate of the CA to be trusted, PEM; undefined: nothing is to be trusted. */
  readonly caPem?: string;
}

/** What the CA's certificate is called on the other side. */
export const caFileName = 'flm-ca.pem';

/** Where VS Code reads {@link customEndpointJson} from. */
export const customEndpointFile = 'chatLanguageModels.json';

/** Whether the other side has to trust FLM's own CA. */
export function needsCa({ endpoint, tls }: Pick<Handover, 'endpoint' | 'tls'>): boolean {
  return endpoint.isTls && tls.mode === 'self-signed';
}

export function curlText(handover: Handover, flavor: ShellFlavor): string {
  const { endpoint, secret, model } = handover;
  const text = curlSnippet({ endpoint: endpoint.url, model, task: 'chat', key: secret }, flavor);
  return needsCa(handover) ? text.replace(/^curl /, `curl --cacert ${caFileName} `) : text;
}

/** A group for VS Code's `chatLanguageModels.json`, as a whole file. */
export function customEndpointJson({ endpoint, secret }: Handover, models: readonly ToolModel[]): string {
  const edit = editChatLanguageModels(undefined, { endpoint: endpoint.url, apiKey: secret, models });
  return edit.ok ? edit.text : '';
}

/** What a phone reads from a QR code: the two lines most tools understand. */
export function qrText({ endpoint, secret }: Pick<Handover, 'endpoint' | 'secret'>): string {
  return dotenvSnippet({ endpoint: endpoint.url, secret });
}

/** Everything the other side needs in one text: address, key, models, end, and how to trust the certificate. */
export function messageForOthers(l10n: Localizer, handover: Handover): string {
  const lines = [
    messageWithoutKey(l10n, handover, handover.secret),
    `${l10n.t('To try it:')}\n${curlText(handover, 'posix')}`.trimEnd(),
    ...trustLines(l10n, handover),
    l10n.t('Keep the key to yourself: whoever has it can use what it opens.'),
  ];
  return `${lines.join('\n\n')}\n`;
}

/** The same without the secret: what can be told again later. */
export function messageWithoutKey(
  l10n: Localizer,
  { endpoint, share, model }: Pick<Handover, 'endpoint' | 'share' | 'model'>,
  key = l10n.t('the one you were given'),
): string {
  const until = share.expiresAt;
  return [
    l10n.t('You can use language models on my machine. They speak the OpenAI API.'),
    [
      l10n.t('Base URL: {0}', endpoint.url),
      l10n.t('API key: {0}', key),
      l10n.t('Models: {0}', share.limits.models?.map(plainText).join(', ') ?? modelsText(l10n, share.limits)),
      ...(model === '' ? [] : [l10n.t('To begin with: {0}', plainText(model))]),
      ...(until === undefined ? [] : [l10n.t('Until: {0}', formatTimeAndZone(until, l10n.language))]),
    ].join('\n'),
  ].join('\n\n');
}

function trustLines(l10n: Localizer, handover: Handover): string[] {
  if (!handover.endpoint.isTls) {
    return [l10n.t('The connection is not encrypted: use it in a network you trust only.')];
  }
  if (!needsCa(handover)) return [];
  const { caFingerprint } = handover.tls;
  return [
    [
      l10n.t(
        'The connection is encrypted with a certificate of my own. Save the lines below as {0}, then:',
        caFileName,
      ),
      `  curl: --cacert ${caFileName}`,
      `  Python: SSL_CERT_FILE=${caFileName}`,
      `  Node.js: NODE_EXTRA_CA_CERTS=${caFileName}`,
    ].join('\n'),
    ...(caFingerprint === undefined ? [] : [l10n.t('Its SHA-256 fingerprint: {0}', caFingerprint)]),
    ...(handover.caPem === undefined ? [] : [handover.caPem.trim()]),
  ];
}
