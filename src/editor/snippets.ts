import type { Model } from '../core/model';

/** What a snippet calls. */
export interface SnippetTarget {
  /** Base URL with `/v1`: `http://127.0.0.1:11435/v1`. */
  readonly endpoint: string;
  /** Canonical model id; may hold quotes, percent signs and line breaks. */
  readonly model: string;
  readonly task: 'chat' | 'embeddings';
  /** API key to send. Has letters, digits, `-` and `_` only, which no shell reads otherwise. */
  readonly key?: string;
}

/** The command-line quoting rules there are. */
export type ShellFlavor = 'posix' | 'powershell' | 'cmd';

/** Which rules the given shell follows; by platform when the shell is unknown. */
export function shellFlavor(shell: string, platform: string): ShellFlavor {
  const name = shell.toLowerCase().split(/[\\/]/).pop() ?? '';
  if (/^(pwsh|powershell)/.test(name)) return 'powershell';
  if (/^cmd/.test(name)) return 'cmd';
  if (name !== '') return 'posix';
  return platform === 'win32' ? 'powershell' : 'posix';
}

export function taskOf(model: Model | undefined): SnippetTarget['task'] {
  const embeds = model?.capabilities.includes('embeddings') === true && !model.capabilities.includes('chat');
  return embeds ? 'embeddings' : 'chat';
}

/**
 * A command line for the given shell. The JSON body needs no escaping of its own: characters that mean something to a
 * shell are written as `\uXXXX`, which JSON reads back (RFC 8259 §7).
 */
export function curlSnippet(target: SnippetTarget, flavor: ShellFlavor): string {
  const { key } = target;
  const url = `${target.endpoint}/${path(target.task)}`;
  const body = shellSafeJson(requestBody(target));
  switch (flavor) {
    case 'posix': {
      const authorization = key === undefined ? '' : `  -H 'Authorization: Bearer ${key}' \\\n`;
      return `curl ${url} \\\n${authorization}  -H 'Content-Type: application/json' \\\n  -d '${body}'\n`;
    }
    case 'powershell': {
      const authorization = key === undefined ? '' : ` -Headers @{ Authorization = 'Bearer ${key}' }`;
      // Windows PowerShell 5.1 drops the double quotes of arguments to programs such as curl.exe.
      return `Invoke-RestMethod ${url} -Method Post${authorization} -ContentType 'application/json' \`\n  -Body '${body}'\n`;
    }
    case 'cmd': {
      const authorization = key === undefined ? '' : ` -H "Authorization: Bearer ${key}"`;
      return `curl ${url}${authorization} -H "Content-Type: application/json" -d "${body.replace(/"/g, '\\"')}"\n`;
    }
  }
}

export function pythonSnippet(target: SnippetTarget): string {
  const call =
    target.task === 'chat'
      ? `stream = client.chat.completions.create(
    model=${literal(target.model)},
    messages=[{"role": "user", "content": "Hello"}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
print()
`
      : `answer = client.embeddings.create(model=${literal(target.model)}, input="Hello")
print(len(answer.data[0].embedding))
`;
  return `# pip install openai
from openai import OpenAI

client = OpenAI(base_url=${literal(target.endpoint)}, api_key="not-needed")

${call}`;
}

export function typeScriptSnippet(target: SnippetTarget): string {
  const call =
    target.task === 'chat'
      ? `const stream = await client.chat.completions.create({
  model: ${literal(target.model)},
  messages: [{ role: "user", content: "Hello" }],
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? "");
}
`
      : `const answer = await client.embeddings.create({ model: ${literal(target.model)}, input: "Hello" });
console.log(answer.data[0]?.embedding.length);
`;
  return `// npm install openai
import OpenAI from ${literal('openai')};

const client = new OpenAI({ baseURL: ${literal(target.endpoint)}, apiKey: "not-needed" });

${call}`;
}

function path(task: SnippetTarget['task']): string {
  return task === 'chat' ? 'chat/completions' : 'embeddings';
}

function requestBody(target: SnippetTarget): unknown {
  return target.task === 'chat'
    ? { model: target.model, messages: [{ role: 'user', content: 'Hello' }] }
    : { model: target.model, input: 'Hello' };
}

/**
 * JSON whose strings hold only characters that no shell touches: everything but letters, digits and a few signs inside
 * them becomes `\uXXXX` (PowerShell also ends a quoted string at U+2018–201B; cmd expands `%NAME%` even in quotes).
 */
function shellSafeJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/\\(?!u)(.)/g, (_, escaped: string) => unicodeEscape(longForm[escaped] ?? escaped))
    .replace(/[^\w "{}[\]:,./\\-]/g, unicodeEscape);
}

/** JSON's short escapes and the characters they stand for. */
const longForm: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A JSON string is also a string literal of Python and TypeScript (ECMAScript 2019). */
function literal(text: string): string {
  return JSON.stringify(text);
}
