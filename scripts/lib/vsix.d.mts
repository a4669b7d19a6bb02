export const sizeLimitBytes: number;
export function packVsix(file: string): Promise<{
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly contents: readonly string[];
}>;
