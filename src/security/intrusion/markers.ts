import type { Readings } from './normalize';

/**
 * What can never be honest, looked for where everything else is left alone: secrets, cookies (other programs on this
 * host set them, and cookies ignore ports), addresses of referring pages. Each row is an exploit by itself; words,
 * quotes and single operators are not.
 */
const markers: readonly (readonly [reading: 'text' | 'html' | 'path' | 'sql' | 'shell', pattern: RegExp])[] = [
  [
    'text',
    /\$\{\s?(?:jndi|lower|upper|env|sys)\s?:|\(\s?\)\s?\{\s?[:_]?|<\?php|<\?=|<!--\s?#\s?\w|_\$\$nd_func\$\$_|\$\{\d+\s?\*\s?\d+\}|#\{\d+\s?\*\s?\d+\}|\{\{.{0,80}(?:\d\s?\*\s?\d|__|config|self)|\{php\}|__(?:class|mro|globals|subclasses)__|@\{\s?\[|%\{\(#|\b(?:php|phar|expect|zip|gopher|dict|file):\/\/|\bro0ab[qx]|!!python\/|\binvoke-expression\b/,
  ],
  [
    'html',
    /<\s?\/?\s?(?:script|iframe|svg|img|object|embed|style|isindex|py-script)\b|[\s"'/>;`]on[a-z]{3,20}\s?=\s?["'\\(]{0,4}[a-z.]{2,30}\s?[=(`)]|\bjavascript:|\b(?:alert|confirm|prompt)\s?(?:[(`]\s?[\w'"`\\/)]|\.(?:call|apply)\b|\)\s?\()|\.call\s?`\$\{|\bdocument\s?[.[]\s?['"]?(?:cookie|domain|write)|<\w{1,12}[\s/][^<>]{0,80}\bon[a-z]{4,20}\s?=|\bnew\sxmlhttprequest\b/,
  ],
  [
    'path',
    /(?:\.\.\/){2}|\/etc\/(?:passwd|shadow|hosts|group)\b|\b[a-z]:\/(?:windows|winnt|boot\.ini)|\/proc\/self\/|\/(?:usr\/)?bin\/(?:ba|z|k|da)?sh\b|\/usr\/bin\/[a-z]/,
  ],
  [
    'sql',
    /\bunion\s{0,3}(?:all\s)?[\s(]{0,3}select\b|\b(?:pg_sleep|benchmark|sleep)\s?\(\s?\d|\bwaitfor\s(?:delay|time)\s|\bsleep\(\d|['"]\s?\)?\s?(?:or|and|xor)[\s(]{1,3}['"]?(\w{1,12})['"]?\s?(?:=|<|>|like)|['"]\s?;\s?--|\bxp_cmdshell\b|\binformation_schema\b/,
  ],
  [
    'shell',
    /(?:[;|&`]|\$\()\s?(?:cat|curl|wget|bash|sh|nc|whoami|uname|ping|echo|ls|id|nslookup|python\d?|perl)\s(?:[-+/|"'$a-z\d])[^=;]{0,80}(?:\/\w{0,4}[?*/]|\/etc|passw?d?\b|\|)|\$\((?:id|whoami|uname|ping|curl|wget|cat|sleep)\b|\/\w{0,3}\?{1,3}\w?\/\w{0,6}\?|\/et[*?]\/pa|&&\s?(?:ls|cat|id)[\s+]+\//,
  ],
];

/** The marker found, or undefined. */
export function findMarker(readings: Readings): string | undefined {
  for (const [name, pattern] of markers) {
    const match = pattern.exec(readings[name] ?? readings.text);
    if (match !== null) return match[0];
  }
  return readings.flags.has('crlf') ? 'line break' : undefined;
}
