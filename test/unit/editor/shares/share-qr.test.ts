import assert from 'node:assert/strict';
import decodeQR from 'qr/decode.js';
import { shareQrPage } from '../../../../src/editor/shares/share-qr';
import { english } from '../editor-facts';

const handover = {
  endpoint: { from: 'network', url: 'https://192.168.1.20:11435/v1', isTls: true },
  secret: 'flm-0123456789ab-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ',
} as const;

/** Renders the picture's path as a camera would see it, four pixels to a module. */
function photograph(svg: string): { width: number; height: number; data: Uint8Array } {
  const modules = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
  const size = modules * 4;
  const data = new Uint8Array(size * size * 4).fill(255);
  for (const [, x, y] of svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let pixel = 0; pixel < 16; pixel++) {
      const at = ((Number(y) * 4 + (pixel >> 2)) * size + Number(x) * 4 + (pixel & 3)) * 4;
      data.fill(0, at, at + 3);
    }
  }
  return { width: size, height: size, data };
}

describe('the QR code of a share', () => {
  it('tells a phone address and key', () => {
    const page = shareQrPage(english, handover);

    const text = decodeQR(photograph(page));

    assert.match(text, /https:\/\/192\.168\.1\.20:11435\/v1/);
    assert.ok(text.includes(handover.secret));
  });

  it('has the key in the picture only', () => {
    assert.ok(!shareQrPage(english, handover).includes(handover.secret));
  });

  it('makes no markup of an address', () => {
    const endpoint = { ...handover.endpoint, url: 'https://<img src=x>/v1' };

    assert.doesNotMatch(shareQrPage(english, { ...handover, endpoint }), /<img/);
  });

  it('runs no script and loads nothing', () => {
    const page = shareQrPage(english, handover);

    assert.match(page, /default-src 'none'; style-src 'unsafe-inline'/);
    assert.doesNotMatch(page, /<script|src=|href=/);
  });
});
