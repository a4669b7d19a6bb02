import ts from 'typescript';
import { filesBelow, readText } from './project-files';

export interface SourceString {
  readonly text: string;
  readonly where: string;
}

export interface SourceStrings {
  /** Literals given to `l10n.t`. */
  readonly translated: readonly SourceString[];
  /** Calls of `l10n.t` whose template is not a literal. */
  readonly computed: readonly string[];
  /** Text for people that does not pass through `l10n.t`. */
  readonly hardCoded: readonly SourceString[];
}

/** Functions of `vscode.window` whose string arguments people read. */
const speakers = /^(show(Information|Warning|Error)Message|setStatusBarMessage|confirm)$/;
/** Properties of VS Code's options and items that people read. */
const shownProperties = new Set([
  'title',
  'prompt',
  'placeHolder',
  'placeholder',
  'label',
  'description',
  'detail',
  'tooltip',
  'accessibilityLabel',
]);
/** The product's name and a sample of an address, the same in every language. */
const untranslatable = /^(FLM|http:\/\/127\.0\.0\.1:8000)[, ]*$/;

/** Reads the editor's sources for what they say to people. */
export function readSourceStrings(): SourceStrings {
  const translated: SourceString[] = [];
  const computed: string[] = [];
  const hardCoded: SourceString[] = [];

  for (const path of [...filesBelow('src/editor', '.ts'), 'src/extension.ts', 'src/compose.ts']) {
    const file = ts.createSourceFile(path, readText(path), ts.ScriptTarget.ES2023, true);
    const where = (node: ts.Node) => `${path}:${String(file.getLineAndCharacterOfPosition(node.getStart()).line + 1)}`;

    const noteHardCoded = (expression: ts.Expression): void => {
      const text = literalText(expression);
      if (text === undefined || !/\p{L}{2,}/u.test(text.replace(/\$\([\w~-]+\)/g, '')) || untranslatable.test(text)) {
        return;
      }
      hardCoded.push({ text, where: where(expression) });
    };

    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) {
        const [first] = node.arguments;
        if (isTranslation(node.expression) && first !== undefined) {
          if (ts.isStringLiteralLike(first)) translated.push({ text: first.text, where: where(node) });
          else computed.push(where(node));
        } else if (speakers.test(calledName(node.expression))) {
          node.arguments.forEach(noteHardCoded);
        }
      }
      if (ts.isPropertyAssignment(node) && shownProperties.has(node.name.getText(file))) {
        noteHardCoded(node.initializer);
      }
      if (
        ts.isBinaryExpression(node) &&
        node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
        ts.isPropertyAccessExpression(node.left) &&
        shownProperties.has(node.left.name.text)
      ) {
        noteHardCoded(node.right);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return { translated, computed, hardCoded };
}

/** `l10n.t`, `services.l10n.t`, `this.#l10n.t`, `vscode.l10n.t`. */
function isTranslation(callee: ts.Expression): boolean {
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== 't') return false;
  return /(^|\.)#?l10n$/.test(callee.expression.getText());
}

function calledName(callee: ts.Expression): string {
  return ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
}

/** The text of a literal; of a template, its fixed parts. */
function literalText(expression: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(expression)) return expression.text;
  if (!ts.isTemplateExpression(expression)) return undefined;
  return [expression.head.text, ...expression.templateSpans.map((span) => span.literal.text)].join('');
}
