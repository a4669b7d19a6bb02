import ts from 'typescript';
import { filesBelow, readText } from './project-files';

export interface PanelSource {
  /** Every `a.b` and `a[…]` of the page's code: by these it uses its texts. */
  readonly reads: ReadonlySet<string>;
  /** Text for people that does not come from the extension. */
  readonly hardCoded: readonly string[];
}

/** Functions of the page whose arguments people read: the places of these arguments; from the last one on all. */
const speakers: Readonly<Record<string, { readonly at: readonly number[]; readonly from?: number }>> = {
  el: { at: [], from: 2 },
  put: { at: [], from: 1 },
  button: { at: [0] },
  rowButton: { at: [0] },
  iconButton: { at: [1] },
  textField: { at: [0] },
  dropdown: { at: [0] },
  emptyState: { at: [1] },
  loading: { at: [0] },
  say: { at: [0] },
  cell: { at: [], from: 1 },
};
/** Members and attributes that people read. */
const shownNames = new Set(['label', 'title', 'placeholder', 'hint', 'aria-label', 'textContent', 'closeLabel']);
/** The same in every language: samples of addresses, names of formats, the beginning of a key. */
const untranslatable = /^(?:[\d./:a-f]+|CSV|JSON|flm-.*)$/i;

/** Reads the panel's page for what it says to people. */
export function readPanelSource(): PanelSource {
  const reads = new Set<string>();
  const hardCoded: string[] = [];
  for (const path of filesBelow('webview', '.ts')) {
    const file = ts.createSourceFile(path, readText(path), ts.ScriptTarget.ES2023, true);

    const note = (expression: ts.Expression | undefined): void => {
      if (expression === undefined) return;
      if (ts.isConditionalExpression(expression)) {
        note(expression.whenTrue);
        note(expression.whenFalse);
        return;
      }
      if (ts.isBinaryExpression(expression)) {
        note(expression.right);
        return;
      }
      const text = literalText(expression);
      if (text === undefined || !/\p{L}{2,}/u.test(text) || untranslatable.test(text)) return;
      const line = file.getLineAndCharacterOfPosition(expression.getStart()).line + 1;
      hardCoded.push(`${path}:${String(line)} ${text}`);
    };

    const visit = (node: ts.Node): void => {
      if (ts.isPropertyAccessExpression(node)) reads.add(`${lastName(node.expression)}.${node.name.text}`);
      if (ts.isElementAccessExpression(node)) reads.add(`${lastName(node.expression)}[]`);
      if (ts.isCallExpression(node)) {
        const called = lastName(node.expression);
        const speaker = Object.hasOwn(speakers, called) ? speakers[called] : undefined;
        speaker?.at.forEach((place) => note(node.arguments[place]));
        if (speaker?.from !== undefined) node.arguments.slice(speaker.from).forEach(note);
      }
      if (ts.isPropertyAssignment(node) && shownNames.has(nameOf(node.name))) note(node.initializer);
      if (
        ts.isBinaryExpression(node) &&
        node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
        ts.isPropertyAccessExpression(node.left) &&
        shownNames.has(node.left.name.text)
      ) {
        note(node.right);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return { reads, hardCoded };
}

function lastName(expression: ts.Expression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

function nameOf(name: ts.PropertyName): string {
  return ts.isStringLiteralLike(name) ? name.text : name.getText();
}

/** The text of a literal; of a template, its fixed parts. */
function literalText(expression: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(expression)) return expression.text;
  if (!ts.isTemplateExpression(expression)) return undefined;
  return [expression.head.text, ...expression.templateSpans.map((span) => span.literal.text)].join('');
}
