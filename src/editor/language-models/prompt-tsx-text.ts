/** `PromptNodeType.Text` of `@vscode/prompt-tsx`'s JSON. */
const textNode = 2;
const maxDepth = 200;

/**
 * The text of a prompt-tsx tree (`LanguageModelPromptTsxPart.value`), which tools may answer instead of plain text. What
 * is no such tree is given as JSON.
 */
export function promptTsxText(value: unknown): string {
  const root = fieldOf(value, 'node');
  if (root === undefined) return typeof value === 'string' ? value : JSON.stringify(value);
  const pieces: string[] = [];
  collect(root, pieces, 0);
  return pieces.join('');
}

function collect(node: unknown, pieces: string[], depth: number): void {
  if (depth > maxDepth) return;
  const text = fieldOf(node, 'text');
  if (fieldOf(node, 'type') === textNode && typeof text === 'string') {
    const breaks = fieldOf(node, 'lineBreakBefore') !== undefined && fieldOf(node, 'lineBreakBefore') !== false;
    pieces.push(breaks && pieces.length > 0 ? `\n${text}` : text);
  }
  const children = fieldOf(node, 'children');
  if (Array.isArray(children)) for (const child of children) collect(child, pieces, depth + 1);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
