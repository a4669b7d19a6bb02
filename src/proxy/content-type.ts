import type { IncomingHttpHeaders } from 'node:http';

/**
 * Types of request bodies that are read as JSON. Engines ignore the type of a body, so what clients send by mistake is
 * tolerated: none at all, `curl -d`'s form type, plain text. Pages cannot use these to slip past CORS, because every
 * POST of a page carries an Origin and is judged by that.
 */
const jsonLike =
  /^\s*(application\/json|[\w.+-]+\/[\w.+-]+\+json|text\/plain|application\/x-www-form-urlencoded)\s*(;|$)/i;

/** Why a body of this type or encoding is not read, or undefined when it is. */
export function unsupportedBody(headers: IncomingHttpHeaders): string | undefined {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity' && encoding.trim() !== '') {
    return 'Send the request body without Content-Encoding.'; // nothing to unpack, no zip bombs
  }
  const type = headers['content-type'];
  if (type === undefined || type.trim() === '' || jsonLike.test(type)) return undefined;
  return 'Send the request body as application/json.';
}

/** The media type of an answer, lower case, without parameters. */
export function mediaType(contentType: string | undefined): string {
  return (contentType?.split(';', 1)[0] ?? '').trim().toLowerCase();
}
