import type { HostEnvironment } from '../../src/engines/host-environment';

export interface FakeHostFacts {
  readonly platform?: NodeJS.Platform;
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Path → content; also makes the path exist. */
  readonly files?: Readonly<Record<string, string>>;
  /** Paths that exist without a readable content: apps, folders, programs. */
  readonly paths?: readonly string[];
  /** `command arg arg` → standard output. */
  readonly commands?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly folders?: Readonly<Record<string, readonly string[]>>;
  readonly addresses?: readonly string[];
}

/** A machine made of values: Windows, macOS or Linux, whatever the tests run on. */
export function fakeHost(facts: FakeHostFacts = {}): HostEnvironment {
  return {
    platform: facts.platform ?? 'linux',
    home: facts.home ?? '/home/user',
    env: (name) => facts.env?.[name],
    readText: async (path) => facts.files?.[path],
    exists: async (path) => facts.files?.[path] !== undefined || (facts.paths ?? []).includes(path),
    run: async (command, args) => facts.commands?.[[command, ...args].join(' ')],
    list: async (path) => facts.folders?.[path] ?? [],
    readLink: async (path) => facts.links?.[path],
    ownAddresses: () => facts.addresses ?? [],
  };
}
