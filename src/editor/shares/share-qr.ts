import { encodeQR } from 'qr';
import type { Localizer } from '../localizer';
import { plainText } from '../safe-text';
import { qrText, type Handover } from './share-handover';

/** Modules of light around the code, without which scanners do not find it (ISO/IEC 18004 §9.1). */
const quietZone = 4;

/**
 * Address and key as a QR code: a page of its own, without scripts, that loads nothing. Dark on light in every theme,
 * because scanners read nothing else. The key is in the picture only.
 */
export function shareQrPage(l10n: Localizer, handover: Pick<Handover, 'endpoint' | 'secret'>): string {
  const picture = qrSvg(qrText(handover), l10n.t('QR code with address and key'));
  const hint = l10n.t('Whoever photographs it has the key. Close this page once it is read: it cannot be shown again.');
  return `<!DOCTYPE html>
<html lang="${escaped(l10n.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
  body { display: flex; flex-direction: column; align-items: center; justify-content: flex-end; gap: 16px;
    box-sizing: border-box; height: 100vh; margin: 0; padding: 16px; text-align: center; }
  svg { width: 100%; min-height: 0; max-height: 320px; }
</style>
</head>
<body>
${picture}
<code>${escaped(plainText(handover.endpoint.url))}</code>
<p>${escaped(hint)}</p>
</body>
</html>`;
}

function qrSvg(text: string, name: string): string {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: quietZone });
  const size = rows.length;
  const dark = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return [
    `<svg role="img" aria-label="${escaped(name)}" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">`,
    `<path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${dark.join('')}"/></svg>`,
  ].join('');
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
