import { readJson } from './project-files';

export interface Command {
  readonly command: string;
  readonly title: string;
  readonly category?: string;
  readonly icon?: string;
  readonly enablement?: string;
}

export interface MenuItem {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

export interface Walkthrough {
  readonly id: string;
  readonly steps: readonly {
    readonly id: string;
    readonly description: string;
    readonly media: { readonly markdown: string };
    readonly completionEvents: readonly string[];
  }[];
}

export interface SettingContribution {
  readonly scope?: string;
  readonly markdownDescription?: string;
  readonly order?: number;
  readonly [keyword: string]: unknown;
}

/** What the tests read of package.json. */
export interface Manifest {
  readonly icon: string;
  readonly main: string;
  readonly l10n: string;
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly Command[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly viewsContainers: { readonly activitybar: readonly { readonly id: string; readonly icon: string }[] };
    readonly views: Readonly<
      Record<string, readonly { readonly id: string; readonly icon?: string; readonly when?: string }[]>
    >;
    readonly jsonValidation?: readonly { readonly fileMatch: string; readonly url: string }[];
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string; readonly when: string }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, SettingContribution>> }[];
    readonly walkthroughs: readonly Walkthrough[];
  };
}

export const manifest = readJson('package.json') as Manifest;
export const nlsEnglish = readJson('package.nls.json') as Record<string, string>;
export const nlsJapanese = readJson('package.nls.ja.json') as Record<string, string>;

export const settings: Readonly<Record<string, SettingContribution>> = Object.assign(
  {},
  ...manifest.contributes.configuration.map((group) => group.properties),
) as Record<string, SettingContribution>;

/** Every `%key%` in a JSON value, wherever it stands. */
export function nlsKeysIn(value: unknown): string[] {
  if (typeof value === 'string') return [...value.matchAll(/^%(.+)%$/g)].map((match) => match[1]!);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(nlsKeysIn);
}
