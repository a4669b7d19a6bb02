/** What follows in a message is a stack: Python's, Go's, Node's, C#'s. */
const stackStart = /\n\s*(at .+[:(]|File "|goroutine \d|Stack ?trace)|Traceback \(most recent call last\)/;

/** Python tells what went wrong in its stack's last line. */
const pythonError = /^[\w.]+(?:Error|Exception|Interrupt|Warning)\b.*/;

/**
 * Addresses and files of the engine's machine, as in Ollama's «Post "http://127.0.0.1:41234/completion": EOF» or
 * «open /usr/share/ollama/.ollama/models/blobs/sha256-…». Web pages (`https://github.com/…`) are help, and stay.
 */
const places: readonly (readonly [RegExp, string])[] = [
  [
    /\bhttps?:\/\/(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\]|[\w-]+)(?::\d{1,5})?(?=[/?#\s"'<>),;]|$)[^\s"'<>),;]*/gi,
    '(address)',
  ],
  [/(?<![\w.])(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]{2,}\]|localhost):\d{1,5}\b/gi, '(address)'],
  [/(?<![\w.:/\\])(?:[a-z]:|\\)\\(?:[^\s\\"'<>|:]+\\)+[^\s\\"'<>|:,;)]*/gi, '(file)'],
  [/\bfile:\/\/[^\s"'<>),;]*/gi, '(file)'],
  // After a colon two slashes are a web page's
  [/(?<![\w./<])(?<!:(?=\/\/))\/{1,2}(?:[\w.@+~-]+\/)+[\w.@+~-]+/g, '(file)'],
];

/** Keys that engines echo. */
const secrets = /\b(Bearer\s+|sk-|hf_|api[-_]?key[=:]\s*)[\w.~+/=-]{6,}/gi;

/**
 * An engine's account of its own failure, without its stack, addresses, files and keys: a client may sit elsewhere, and
 * none of it helps there. Its words stay. Linear in the length of the message, which is bounded by the caller.
 */
export function withoutInternals(message: string): string {
  const at = message.search(stackStart);
  let said = at === -1 ? message : message.slice(0, at).trimEnd();
  if (said === '') said = message.trimEnd().split('\n').at(-1)?.match(pythonError)?.[0] ?? 'internal error';
  for (const [place, word] of places) said = said.replace(place, word);
  return said.replace(secrets, '(key)');
}
