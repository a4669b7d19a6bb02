export const root: string;
export function at(...parts: string[]): string;
export const manifest: {
  readonly name: string;
  readonly publisher: string;
  readonly version: string;
  readonly contributes?: { readonly commands?: readonly { readonly command: string }[] };
};
export const cacheFolder: string;
