export function build(options?: { readonly production?: boolean }): Promise<void>;
