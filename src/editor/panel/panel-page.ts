import type { LocalizedStrings } from '../../protocol/panel-strings';

export interface PanelPageOptions {
  /** Where styles and fonts may come from (`webview.cspSource`). */
  readonly cspSource: string;
  /** Fresh for every page: only scripts that carry it run. */
  readonly nonce: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  /** BCP 47 tag of the editor's display language. */
  readonly language: string;
  readonly title: string;
  readonly strings: LocalizedStrings;
}

/** What the page's script finds in `#flm-boot`. */
export interface PanelBoot {
  readonly language: string;
  readonly strings: LocalizedStrings;
}

/**
 * The page of the panel. Nothing loads from anywhere but the extension, no image at all, and texts travel as JSON in a
 * data block that no browser executes.
 */
export function panelPage(options: PanelPageOptions): string {
  const { cspSource, nonce, scriptUri, styleUri, language, strings, title } = options;
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `img-src 'none'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  const boot: PanelBoot = { language, strings };
  return `<!DOCTYPE html>
<html lang="${escapeAttribute(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeAttribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeAttribute(styleUri)}">
<title>${escapeAttribute(title)}</title>
</head>
<body>
<script type="application/json" id="flm-boot">${embeddedJson(boot)}</script>
<main id="flm-panel"></main>
<script nonce="${nonce}" src="${escapeAttribute(scriptUri)}"></script>
</body>
</html>`;
}

function escapeAttribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** JSON that cannot end the element it stands in (HTML §4.12.1.3: `</script` and `<!--`). */
function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}
