/** First bytes of the picture formats that engines read → media type. */
const marks: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG\r\n\x1a\n/, 'image/png'],
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF[^]{4}WEBP/, 'image/webp'],
  [/^BM/, 'image/bmp'],
];

/**
 * A picture as Ollama takes it, bare base64, as the data URL that OpenAI's API takes. Its type is read from its first
 * bytes, since nothing else tells it. Undefined when it is none that engines read; a data URL passes as it is.
 */
export function pictureUrl(picture: unknown): string | undefined {
  if (typeof picture !== 'string') return undefined;
  if (/^data:image\/[\w.+-]+;base64,/.test(picture)) return picture;
  const start = Buffer.from(picture.slice(0, 32), 'base64').toString('latin1');
  const type = marks.find(([mark]) => mark.test(start))?.[1];
  return type === undefined ? undefined : `data:${type};base64,${picture}`;
}
