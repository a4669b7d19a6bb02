/** An image costs about this much, whatever its size, with the projectors that local models use. */
const tokensPerImage = 1200;
const tokensPerMessage = 4;

/**
 * Tokens of a request, guessed from its text: four characters of ASCII or one and a quarter others make a token.
 * Tokenizers differ by more than that guess is wrong. Images count as a fixed number.
 *
 * @param messages in OpenAI's form, as the tools
 */
export function estimateTokens(messages: readonly unknown[], tools: unknown): number {
  let ascii = 0;
  let others = 0;
  let images = 0;
  const count = (text: string): void => {
    for (const char of text) {
      if (char <= '\u007f') ascii++;
      else others++;
    }
  };
  JSON.stringify([messages, tools ?? null], (key, value: unknown) => {
    if (key === 'image_url') {
      images++;
      return undefined;
    }
    if (key === 'reasoning') return undefined; // the same again under its other name
    if (typeof value === 'string') count(value);
    return value;
  });
  const text = Math.ceil(ascii / 4 + others / 1.25);
  return text + images * tokensPerImage + messages.length * tokensPerMessage;
}
