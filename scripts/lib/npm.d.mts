import type { RunOptions, RunResult } from './child.mjs';

export function npm(args: readonly string[], options?: RunOptions & { readonly node?: string }): Promise<RunResult>;
