import assert from 'node:assert/strict';
import {
  commandIds,
  contextKeys,
  enginesViewId,
  securityViewId,
  sharingViewId,
  viewContainerId,
  walkthroughId,
} from '../../src/editor/contributions';
import { statusBarLinks } from '../../src/editor/status-bar-lines';
import { manifest, nlsEnglish, settings } from './manifest';
import { filesBelow, projectFileExists, readText } from './project-files';

const { contributes } = manifest;
const declared = new Set(contributes.commands.map(({ command }) => command));
/** Commands of VS Code itself, and those it makes for every view. */
const builtIn = new Set(['workbench.action.reloadWindow', `${enginesViewId}.focus`, `${sharingViewId}.focus`]);

const codicons = new Set(
  readText('node_modules/@vscode/codicons/dist/codicon.csv')
    .split('\n')
    .map((line) => line.split(',')[0]!),
);

function commandLinks(text: string): string[] {
  return [...text.matchAll(/\]\(command:([\w.]+)/g)].map((match) => match[1]!);
}

const whenClauses = [
  ...Object.values(contributes.menus).flatMap((items) => items.map(({ when }) => when ?? '')),
  ...Object.values(contributes.views).flatMap((views) => views.map(({ when }) => when ?? '')),
  ...contributes.viewsWelcome.map(({ when }) => when),
  ...contributes.commands.map(({ enablement }) => enablement ?? ''),
];

describe('contributions', () => {
  it('package.json declares exactly the commands of the code', () => {
    assert.deepEqual([...declared].sort(), [...commandIds].sort());
  });

  it('every command is in the category FLM', () => {
    assert.deepEqual(
      contributes.commands.filter(({ category }) => category !== 'FLM'),
      [],
    );
  });

  it('view container, view and walkthrough have the ids of the code', () => {
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [viewContainerId],
    );
    assert.deepEqual(
      contributes.views[viewContainerId]?.map(({ id }) => id),
      [enginesViewId, sharingViewId, securityViewId],
    );
    assert.deepEqual(
      contributes.walkthroughs.map(({ id }) => id),
      [walkthroughId],
    );
  });

  it('menus name declared commands', () => {
    const unknown = Object.values(contributes.menus)
      .flat()
      .filter(({ command }) => !declared.has(command));

    assert.deepEqual(unknown, []);
  });

  it('welcome texts, walkthrough and status bar link to commands that exist', () => {
    const texts = Object.values(nlsEnglish).flatMap(commandLinks);
    const unknown = [...texts, ...statusBarLinks].filter((id) => !declared.has(id) && !builtIn.has(id));

    assert.deepEqual(unknown, []);
  });

  it('walkthrough steps are completed by commands and context keys that exist', () => {
    const events = contributes.walkthroughs.flatMap(({ steps }) => steps.flatMap((step) => step.completionEvents));
    const unknown = events.filter((event) => {
      const [kind, id] = event.split(':');
      if (kind === 'onCommand') return !declared.has(id!);
      return kind !== 'onContext' || !(contextKeys as readonly string[]).includes(id!);
    });

    assert.deepEqual(unknown, []);
  });

  it('when clauses ask for context keys the code sets', () => {
    const asked = whenClauses.flatMap((clause) => [...clause.matchAll(/(?<![\w.])flm\.\w+/g)].map((match) => match[0]));
    const known = new Set<string>([...contextKeys, enginesViewId, sharingViewId, securityViewId]);

    assert.deepEqual(
      [...new Set(asked)].filter((key) => !known.has(key)),
      [],
    );
  });

  it('every context key is asked for somewhere', () => {
    const asked = [
      ...whenClauses,
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.flatMap((step) => step.completionEvents)),
    ].join(' ');

    assert.deepEqual(
      contextKeys.filter((key) => !new RegExp(`${key.replace('.', '\\.')}\\b`).test(asked)),
      [],
    );
  });

  it('regular expressions in when clauses are valid', () => {
    const patterns = whenClauses.flatMap((clause) =>
      [...clause.matchAll(/=~ \/(.+?)\/(?= |$)/g)].map((match) => match[1]!),
    );

    assert.ok(patterns.length > 0);
    for (const pattern of patterns) assert.doesNotThrow(() => new RegExp(pattern));
  });

  it('welcome texts belong to the view of the code', () => {
    assert.ok(contributes.viewsWelcome.every(({ view }) => view === enginesViewId));
  });

  it('icons are codicons or files', () => {
    const names = contributes.commands.map(({ icon }) => icon).filter((icon) => icon !== undefined);
    const codes = names.map((icon) => /^\$\(([\w-]+)\)$/.exec(icon)?.[1] ?? icon);
    const files = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...Object.values(contributes.views).flatMap((views) => views.map(({ icon }) => icon ?? '')),
    ];

    assert.deepEqual(
      codes.filter((code) => !codicons.has(code)),
      [],
    );
    assert.deepEqual(
      files.filter((file) => !projectFileExists(file)),
      [],
    );
  });

  it('codicons named in the editor exist', () => {
    const wrong: string[] = [];
    for (const path of filesBelow('src/editor', '.ts')) {
      const text = readText(path);
      for (const [, name] of text.matchAll(
        /(?:\$\(|\bid: '|ThemeIcon\('|iconPath: ')([a-z][a-z-]+)(?:~spin)?(?:\)|')/g,
      )) {
        if (!codicons.has(name!)) wrong.push(`${path}: ${name!}`);
      }
    }

    assert.deepEqual(wrong, []);
  });

  it('the walkthrough has its pages in both languages', () => {
    const pages = contributes.walkthroughs.flatMap(({ steps }) => steps.map((step) => step.media.markdown));
    // VS Code looks for `page.nls.<language>.md` beside `page.md`.
    const all = pages.flatMap((page) => [page, page.replace(/\.md$/, '.nls.ja.md')]);

    assert.deepEqual(
      all.filter((page) => !projectFileExists(page)),
      [],
    );
  });

  it('walkthrough pages link to commands that exist', () => {
    const links = filesBelow('media/walkthrough', '.md').flatMap((page) => commandLinks(readText(page)));

    assert.deepEqual(
      links.filter((id) => !declared.has(id) && !builtIn.has(id)),
      [],
    );
  });

  it('commands that need a row are not in the palette', () => {
    const hidden = contributes.menus.commandPalette
      ?.filter(({ when }) => when === 'false')
      .map(({ command }) => command);

    assert.deepEqual(hidden, ['flm.models.showMore']);
  });

  it('a workspace nobody trusts keeps what widens from the palette, and nothing that only narrows', () => {
    const needTrust = contributes.commands
      .filter(({ enablement }) => enablement?.includes('isWorkspaceTrusted'))
      .map(({ command }) => command);

    assert.deepEqual(needTrust, [
      'flm.share.create',
      'flm.share.extend',
      'flm.share.change',
      'flm.share.rotate',
      'flm.exposure.change',
      'flm.tls.setUp',
      'flm.tls.renew',
      'flm.firewall.show',
    ]);
  });

  it('titles in the palette are told apart, and begin with what is done', () => {
    const titles = contributes.commands.map(({ title }) => nlsEnglish[title.slice(1, -1)] ?? '');

    assert.equal(new Set(titles).size, titles.length);
    assert.deepEqual(
      titles.filter((title) => !/^[A-Z][a-z]+/.test(title)),
      [],
    );
  });

  it('what is not to be undone is not asked for by an icon among the others of a view', () => {
    const inTitles = contributes.menus['view/title']?.filter(({ group }) => group?.startsWith('navigation') === true);

    assert.deepEqual(
      inTitles?.filter(({ command }) => /\.(remove|revoke|reset|clearTemporary)$/.test(command)),
      [],
    );
  });

  it('settings named in texts exist', () => {
    const texts = [...Object.values(nlsEnglish), ...filesBelow('media/walkthrough', '.md').map(readText)];
    const named = texts.flatMap((text) => [...text.matchAll(/`#?(flm\.[\w.]+)#?`/g)].map((match) => match[1]!));
    const known = new Set([...Object.keys(settings), ...declared]);

    assert.deepEqual(
      named.filter((name) => !known.has(name)),
      [],
    );
  });

  it('documents with a schema have one that exists and is packed', () => {
    const packed = readText('.vscodeignore').split('\n');
    const validations = contributes.jsonValidation ?? [];

    assert.deepEqual(
      validations.map(({ fileMatch }) => fileMatch),
      ['flm-security-policy.json'],
    );
    for (const { url } of validations) {
      assert.ok(projectFileExists(url), url);
      assert.ok(packed.includes('!media/schemas/*.json'));
    }
  });

  it('only the end of the start-up activates the extension besides its view and commands', () => {
    assert.deepEqual(manifest.activationEvents, ['onStartupFinished']);
  });
});
