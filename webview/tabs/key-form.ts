import type { ApiKey, CreatedKey, KeyScope } from '../../src/core/api-key';
import { fill, strings } from '../boot';
import { el } from '../dom';
import type { PanelContext } from '../panel-context';
import { dropdown, textField, type ValueElement } from '../ui/controls';
import { openDialog } from '../ui/dialog';
import { visibleText } from '../visible-text';
import { looksLikeRange } from './add-range';

const { keys } = strings;
const dayMs = 86_400_000;

const expiries = [
  { value: '', label: keys.neverExpires },
  { value: '1', label: strings.durations.day },
  { value: '7', label: strings.durations.week },
  { value: '30', label: strings.durations.month },
  { value: '365', label: strings.durations.year },
] as const;
/** On a change: leave it as it is. */
const keepExpiry = 'keep';

/** Asks for a new key, or for other limits of one there is. `done` gets the secret of a new one. */
export function openKeyForm(
  context: PanelContext,
  key: ApiKey | undefined,
  done: (created?: CreatedKey) => void,
): void {
  const scope = key?.scope ?? {};
  let expiry = key?.expiresAt === undefined ? '' : keepExpiry;
  const list = (values: readonly string[] | undefined): string => (values ?? []).join(', ');
  const count = (value: number | undefined): string => (value === undefined ? '' : String(value));
  const fields = {
    label: textField(keys.label, { value: key?.label ?? '', placeholder: keys.labelHint }),
    models: textField(keys.models, {
      value: list(scope.models),
      placeholder: keys.allModels,
      hint: modelHint(context),
    }),
    routes: textField(keys.routes, { value: list(scope.routes), placeholder: keys.allRoutes }),
    requests: textField(keys.requestsPerMinute, { value: count(scope.requestsPerMinute), placeholder: keys.noLimit }),
    daily: textField(keys.requestsPerDay, { value: count(scope.requestsPerDay), placeholder: keys.noLimit }),
    tokens: textField(keys.tokensPerDay, { value: count(scope.tokensPerDay), placeholder: keys.noLimit }),
    concurrency: textField(keys.concurrency, { value: count(scope.concurrency), placeholder: keys.noLimit }),
    addresses: textField(keys.addresses, { value: list(scope.addresses), placeholder: keys.anywhere }),
  };
  const choices =
    key?.expiresAt === undefined ? expiries : [{ value: keepExpiry, label: keys.keepExpiry }, ...expiries];
  const expires = dropdown(keys.expiry, choices, expiry, (value) => (expiry = value));
  const decoy = el('vscode-checkbox', {}, keys.isDecoy) as HTMLElement & { checked: boolean };
  const limits = el(
    'details',
    { class: 'limits' },
    el('summary', {}, keys.limits),
    el(
      'div',
      { class: 'limit-fields' },
      fields.models.element,
      fields.routes.element,
      fields.requests.element,
      fields.daily.element,
      fields.tokens.element,
      fields.concurrency.element,
      fields.addresses.element,
    ),
  );
  limits.open = key !== undefined;

  const submit = async (): Promise<void> => {
    const label = fields.label.input.value.trim();
    if (label === '') throw new Error(keys.needsLabel);
    const newScope = readScope(fields);
    const expiresAt = expiry === '' || expiry === keepExpiry ? undefined : Date.now() + Number(expiry) * dayMs;
    if (key !== undefined) {
      const change = expiry === keepExpiry ? {} : { expiresAt: expiresAt ?? null };
      await context.host.request('keys/change', { id: key.id, label, scope: newScope, ...change });
      context.notice.say(fill(keys.changed, visibleText(label, 80)));
      done();
      return;
    }
    const created = await context.host.request('keys/create', {
      label,
      scope: newScope,
      kind: decoy.checked ? 'decoy' : 'normal',
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
    // After this dialog has gone: one modal at a time.
    window.setTimeout(() => done(created));
  };
  const dialog = openDialog({
    title: key === undefined ? keys.create : fill(keys.editTitle, visibleText(key.label, 80)),
    body: [
      fields.label.element,
      expires.element,
      limits,
      key === undefined && el('div', { class: 'field' }, decoy, el('div', { class: 'hint' }, keys.decoyHint)),
    ],
    actions: [{ label: key === undefined ? keys.createAction : strings.common.save, run: submit }],
  });
  dialog.querySelector<HTMLElement>('vscode-text-field')?.focus();
}

type Fields = Readonly<
  Record<'models' | 'routes' | 'requests' | 'daily' | 'tokens' | 'concurrency' | 'addresses', { input: ValueElement }>
>;

/** The scope as typed. Throws an Error that says which field is wrong. */
function readScope(fields: Fields): KeyScope {
  const listOf = (field: { input: ValueElement }): readonly string[] =>
    field.input.value
      .split(/[\s,]+/)
      .map((item) => item.trim())
      .filter((item) => item !== '');
  const countOf = (field: { input: ValueElement }, name: string): number | undefined => {
    const text = field.input.value.trim();
    if (text === '') return undefined;
    if (!/^[1-9]\d{0,11}$/.test(text)) throw new Error(fill(keys.noCount, name));
    return Number(text);
  };
  const addresses = listOf(fields.addresses);
  const wrong = addresses.find((address) => !looksLikeRange(address));
  if (wrong !== undefined) throw new Error(fill(strings.blocklist.noRange, visibleText(wrong, 60)));
  const models = listOf(fields.models);
  const routes = listOf(fields.routes);
  const requestsPerMinute = countOf(fields.requests, keys.requestsPerMinute);
  const requestsPerDay = countOf(fields.daily, keys.requestsPerDay);
  const tokensPerDay = countOf(fields.tokens, keys.tokensPerDay);
  const concurrency = countOf(fields.concurrency, keys.concurrency);
  return {
    ...(models.length === 0 ? {} : { models }),
    ...(routes.length === 0 ? {} : { routes }),
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
    ...(requestsPerDay === undefined ? {} : { requestsPerDay }),
    ...(tokensPerDay === undefined ? {} : { tokensPerDay }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(addresses.length === 0 ? {} : { addresses }),
  };
}

function modelHint(context: PanelContext): string {
  const models = context.state?.models ?? [];
  if (models.length === 0) return keys.modelsHint;
  return `${keys.modelsHint} ${fill(keys.modelsKnown, visibleText(models.slice(0, 6).join(', '), 200))}`;
}
