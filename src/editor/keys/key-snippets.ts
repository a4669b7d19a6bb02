import type { ShellFlavor } from '../snippets';

/** Where a key is used and what it is. The secret has letters, digits, `-` and `_` only, so no shell reads it otherwise. */
export interface KeyTarget {
  /** Base URL with `/v1`. */
  readonly endpoint: string;
  readonly secret: string;
}

/** Read by OpenAI's SDKs and most tools. */
export const environmentNames = ['OPENAI_BASE_URL', 'OPENAI_API_KEY'] as const;

/** Lines that set the two variables OpenAI's SDKs and most tools read, for the given shell. */
export function environmentSnippet({ endpoint, secret }: KeyTarget, flavor: ShellFlavor): string {
  const [url, key] = environmentNames;
  const variables = [
    [url, endpoint],
    [key, secret],
  ] as const;
  const formats: Record<ShellFlavor, (name: string, value: string) => string> = {
    posix: (name, value) => `export ${name}='${value}'`,
    powershell: (name, value) => `$env:${name} = '${value}'`,
    cmd: (name, value) => `set "${name}=${value}"`,
  };
  return `${variables.map(([name, value]) => formats[flavor](name, value)).join('\n')}\n`;
}

/** The same for a `.env` file. */
export function dotenvSnippet({ endpoint, secret }: KeyTarget): string {
  const [url, key] = environmentNames;
  return `${url}=${endpoint}\n${key}=${secret}\n`;
}
