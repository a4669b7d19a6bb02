import { isJsonObject } from './json-object';
import { chatRoutes, type Repair } from './repair';

/**
 * Images by web address, which Ollama refuses with `invalid image input`. FLM does not fetch them either: an address in
 * a prompt must not make this machine call it (SSRF). The client is told what to send.
 */
export const imageUrls: Repair = {
  name: 'image-urls',
  kinds: ['ollama'],
  routes: chatRoutes,
  request: (body, { engine }) => {
    const mayHave = body.includes('messages', 'image_url') && body.includes('messages', '"http');
    if (!mayHave || !hasWebImage(body.value('messages'))) return undefined;
    return {
      refuse: `The engine ${engine} takes images as data only, and FLM fetches none. Send 'image_url' as data:image/png;base64,… instead of a web address.`,
      param: 'messages',
    };
  },
};

function hasWebImage(messages: unknown): boolean {
  if (!Array.isArray(messages)) return false;
  return messages.some((message: unknown) => {
    const content = isJsonObject(message) ? message.content : undefined;
    return Array.isArray(content) && content.some((part: unknown) => isJsonObject(part) && isWebImage(part.image_url));
  });
}

/** `image_url` is an object with `url`, or the address itself (older clients). */
function isWebImage(image: unknown): boolean {
  const url = isJsonObject(image) ? image.url : image;
  return typeof url === 'string' && /^https?:/i.test(url);
}
