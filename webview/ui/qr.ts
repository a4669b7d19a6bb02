import { encodeQR } from 'qr';
import { strings } from '../boot';
import { el } from '../dom';
import { visibleText } from '../visible-text';
import { openDialog } from './dialog';

/** Modules of light around the code, without which scanners do not find it (ISO/IEC 18004 §9.1). */
const quietZone = 4;
/** Above that phones of a few years ago give up. */
const maxCharacters = 900;
const svg = 'http://www.w3.org/2000/svg';

/**
 * A QR code as one SVG path: dark on light in every theme, because scanners read nothing else. Its text has to stand
 * beside it for whoever cannot scan. Undefined when the text is too long.
 */
export function qrPicture(text: string): SVGSVGElement | undefined {
  if (text.length > maxCharacters) return undefined;
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: quietZone });
  const size = rows.length;
  const picture = document.createElementNS(svg, 'svg');
  picture.setAttribute('class', 'qr');
  picture.setAttribute('viewBox', `0 0 ${size} ${size}`);
  picture.setAttribute('shape-rendering', 'crispEdges');
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', strings.qr.picture);
  const path = document.createElementNS(svg, 'path');
  const dark = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  path.setAttribute('d', dark.join(''));
  picture.append(path);
  return picture;
}

/** A QR code with the text it holds. */
export function qrFigure(text: string): HTMLElement {
  const picture = qrPicture(text);
  if (picture === undefined) return el('p', { class: 'hint' }, strings.qr.tooLong);
  return el('figure', { class: 'qr-figure' }, picture);
}

export function openQrDialog(text: string): void {
  openDialog({
    title: strings.qr.title,
    body: [
      qrFigure(text),
      el('p', { class: 'hint' }, strings.qr.hint),
      el('code', { class: 'qr-text', tabindex: 0 }, visibleText(text)),
    ],
  });
}
