/** What decoding a text revealed besides the text itself. */
export interface DecodeResult {
  readonly text: string;
  /** How many rounds changed the text. Two or more is double encoding. */
  readonly rounds: number;
  /** A character below U+0080 written in two or three bytes: never legal UTF-8 (RFC 3629 §3), a classic filter bypass. */
  readonly hasOverlong: boolean;
  /** `%uXXXX`, an encoding only old IIS ever understood. */
  readonly hasPercentU: boolean;
  /** `%00` or a raw NUL in any round. */
  readonly hasNul: boolean;
  /** Escaped bytes that are no UTF-8: no client of this century sends them. */
  readonly hasBadBytes: boolean;
}

const MAX_ROUNDS = 3;
const ENCODED = /%(?:[0-9a-f]{2}|u[0-9a-f]{4})/i;
const RUN = /(?:%[0-9a-f]{2})+/gi;
const PERCENT_U = /%u([0-9a-f]{4})/gi;

/**
 * Decodes percent escapes until nothing changes, at most three times. Never throws: broken escapes stay as they are,
 * bytes that are no UTF-8 become Latin-1 characters, overlong forms become the ASCII character they hide.
 *
 * @param plusIsSpace whether `+` means a space, as in form-encoded queries
 */
export function percentDecode(raw: string, plusIsSpace: boolean): DecodeResult {
  let text = plusIsSpace && raw.includes('+') ? raw.replaceAll('+', ' ') : raw;
  let rounds = 0;
  const seen = { overlong: false, badBytes: false };
  let hasPercentU = false;
  let hasNul = text.includes('\0');

  while (rounds < MAX_ROUNDS && ENCODED.test(text)) {
    let next = text;
    if (/%u/i.test(next)) {
      next = next.replace(PERCENT_U, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
      hasPercentU ||= next !== text;
    }
    next = next.replace(RUN, (run) => {
      const decoded = decodeRun(run);
      seen.overlong ||= decoded.overlong;
      seen.badBytes ||= decoded.bad;
      return decoded.text;
    });
    if (next === text) break;
    text = next;
    rounds++;
    hasNul ||= text.includes('\0');
    // `+` that only appeared now was written as %2B and means a plus.
  }
  if (!seen.overlong && /[\u00c0\u00c1]/.test(text)) {
    // `%c0.%c0./`: the lead byte alone in front of a plain character.
    const mended = text.replace(/[\u00c0\u00c1](.)/g, '$1');
    if (/\.\.[/\\]/.test(mended)) {
      text = mended;
      seen.overlong = true;
    }
  }
  return { text, rounds, hasOverlong: seen.overlong, hasPercentU, hasNul, hasBadBytes: seen.badBytes };
}

/** Most runs are one character long: those are read without a buffer. */
function decodeRun(run: string): { readonly text: string; readonly overlong: boolean; readonly bad: boolean } {
  if (run.length === 3) {
    const byte = parseInt(run.slice(1), 16);
    return byte < 0x80 ? (asciiCharacters[byte] ?? plainText('')) : strayByte(byte);
  }
  return decodeBytes(Buffer.from(run.replaceAll('%', ''), 'hex'));
}

const plainText = (text: string): { text: string; overlong: boolean; bad: boolean } => ({
  text,
  overlong: false,
  bad: false,
});
const asciiCharacters = Array.from({ length: 0x80 }, (_, byte) => plainText(String.fromCharCode(byte)));

/** No UTF-8 by itself: a Latin-1 character. */
function strayByte(byte: number): { text: string; overlong: boolean; bad: boolean } {
  return { text: String.fromCharCode(byte), overlong: false, bad: true };
}

function decodeBytes(bytes: Buffer): { text: string; overlong: boolean; bad: boolean } {
  let ascii = true;
  for (const byte of bytes) {
    if (byte >= 0x80) {
      ascii = false;
      break;
    }
  }
  if (ascii) return plainText(bytes.toString('latin1'));

  const plain: number[] = [];
  let overlong = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    const second = bytes[i + 1];
    const third = bytes[i + 2];
    if ((byte === 0xc0 || byte === 0xc1) && second !== undefined) {
      // Some decoders ignore the two marker bits of the second byte, so `%c0%2e` and `%c0%ae` both are a dot.
      plain.push(((byte & 0x1f) << 6) | (second & 0x3f));
      overlong = true;
      i++;
    } else if (byte === 0xe0 && second !== undefined && second >= 0x80 && second < 0xa0 && third !== undefined) {
      plain.push((((second & 0x3f) << 6) | (third & 0x3f)) & 0x7f);
      overlong = true;
      i += 2;
    } else plain.push(byte);
  }
  const buffer = Buffer.from(plain);
  const text = buffer.toString('utf8');
  const bad = text.includes('\ufffd');
  return { text: bad ? buffer.toString('latin1') : text, overlong, bad };
}
