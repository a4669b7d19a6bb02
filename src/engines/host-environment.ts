/**
 * What detection may ask of the machine it runs on: environment, a few files, a few harmless commands. Everything
 * answers `undefined` or an empty list instead of failing, and nothing here waits longer than its limit.
 */
export interface HostEnvironment {
  readonly platform: NodeJS.Platform;
  /** Home folder, without a trailing separator. */
  readonly home: string;
  env(name: string): string | undefined;
  /** A small text file; undefined if absent, unreadable or larger than 1 MiB. */
  readText(path: string): Promise<string | undefined>;
  /** A file or folder of this name exists. */
  exists(path: string): Promise<boolean>;
  /** Standard output of a program that ended with 0 in time. Started without a shell. */
  run(command: string, args: readonly string[], timeoutMs: number): Promise<string | undefined>;
  /** Names in a folder. */
  list(path: string): Promise<readonly string[]>;
  readLink(path: string): Promise<string | undefined>;
  /** Addresses of this machine's own network interfaces. */
  ownAddresses(): readonly string[];
}
