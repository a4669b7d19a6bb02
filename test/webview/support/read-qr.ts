import { decodeQR } from 'qr/decode.js';
import type { Locator } from 'playwright-core';

/** Pixels per module: as coarse as a camera may see it. */
const scale = 4;

/** What a scanner reads from a QR code drawn as one SVG path of squares. */
export async function readQr(picture: Locator): Promise<string> {
  const size = Number((await picture.getAttribute('viewBox'))?.split(' ')[2]) * scale;
  const path = (await picture.locator('path').getAttribute('d')) ?? '';
  const data = new Uint8Array(size * size * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let row = 0; row < scale; row++) {
      const start = ((Number(y) * scale + row) * size + Number(x) * scale) * 4;
      for (let column = 0; column < scale; column++) data.set([0, 0, 0], start + column * 4);
    }
  }
  return decodeQR({ width: size, height: size, data });
}
