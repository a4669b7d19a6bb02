export const packageHomes: Record<string, string[]>;
export const layers: Record<string, string[]>;
export const withoutNode: string[];
