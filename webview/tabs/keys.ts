import type { ApiKey } from '../../src/core/api-key';
import type { UsageSummary } from '../../src/core/audit-query';
import type { PanelState } from '../../src/protocol/panel-messages';
import { fill, strings } from '../boot';
import { el, put } from '../dom';
import { formatCompact, formatNumber } from '../formats';
import type { PanelContext, TabView } from '../panel-context';
import { asking, button, emptyState, icon, loading, rowButton } from '../ui/controls';
import { openDialog } from '../ui/dialog';
import { countdown, moment } from '../ui/time';
import { visibleText } from '../visible-text';
import { openKeyForm } from './key-form';
import { showSecret } from './key-secret';

const { keys } = strings;
const usageSpanMs = 7 * 86_400_000;
const graceMinutes = 60;

/** Who may come in with a key, with what limits, and how much they used. */
export class KeysTab implements TabView {
  readonly element: HTMLElement;
  readonly #context: PanelContext;
  readonly #list = el('div', { class: 'keys-list' }, loading(strings.common.loading));
  readonly #create: HTMLElement;
  #usage = new Map<string, UsageSummary>();
  #isOn = false;
  #shown = '';

  constructor(context: PanelContext) {
    this.#context = context;
    this.#create = button(asking(keys.create), { icon: 'add', look: 'primary', onClick: () => this.#openForm() });
    this.element = el(
      'div',
      { class: 'keys' },
      el('p', { class: 'hint' }, keys.hint),
      el('div', { class: 'toolbar' }, this.#create),
      this.#list,
    );
  }

  show(): void {
    this.#isOn = true;
    void this.#load();
  }

  hide(): void {
    this.#isOn = false;
  }

  update({ security, connection }: PanelState): void {
    const shown = JSON.stringify([security?.usableKeys, connection.phase]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (this.#isOn) void this.#load();
  }

  async #load(): Promise<void> {
    if (this.#context.state?.connection.phase !== 'connected') return;
    const { host } = this.#context;
    const to = Date.now();
    try {
      const [list, statistics] = await Promise.all([
        host.request('keys/list', {}),
        host.request('audit/statistics', { from: to - usageSpanMs, to, bucketMs: usageSpanMs, top: 100 }),
        this.#context.directory.refresh(),
      ]);
      this.#usage = new Map(statistics.byKey.map((row) => [row.name, row]));
      this.#draw(list);
    } catch (error) {
      const text = error instanceof Error ? error.message : '';
      put(this.#list, emptyState('error', text, button(strings.common.retry, { onClick: () => void this.#load() })));
    }
  }

  #draw(list: readonly ApiKey[]): void {
    const { activeElement } = document;
    const focused = this.#list.contains(activeElement) ? (activeElement?.getAttribute('aria-label') ?? '') : undefined;
    const sorted = list.toSorted(
      (a, b) => Number(a.revokedAt !== undefined) - Number(b.revokedAt !== undefined) || b.createdAt - a.createdAt,
    );
    if (sorted.length === 0) put(this.#list, emptyState('key', keys.none));
    else
      put(
        this.#list,
        el('ul', { class: 'key-cards', 'aria-label': keys.list }, ...sorted.map((key) => this.#card(key))),
      );
    if (focused !== undefined) this.#refocus(focused);
  }

  /** The same button of the same key, or the one above the list where that key is gone. */
  #refocus(name: string): void {
    const buttons = [...this.#list.querySelectorAll('button')];
    (buttons.find((item) => item.getAttribute('aria-label') === name) ?? this.#create).focus();
  }

  #card(key: ApiKey): HTMLElement {
    const name = this.#context.directory.keyName(key.id);
    const state = stateOf(key, Date.now());
    const usage = this.#usage.get(key.id);
    const used = fill(
      keys.used,
      formatNumber(usage?.requests ?? 0),
      formatCompact((usage?.tokensIn ?? 0) + (usage?.tokensOut ?? 0)),
    );
    return el(
      'li',
      { class: `key-card ${state}` },
      el(
        'div',
        { class: 'key-head' },
        icon(key.kind === 'decoy' ? 'bug' : 'key'),
        el('strong', { class: 'key-name' }, name),
        key.kind === 'decoy' && el('span', { class: 'tag' }, keys.decoy),
        state !== 'usable' && el('span', { class: 'tag warn' }, keys.states[state]),
        el('code', { class: 'key-id' }, `flm-${visibleText(key.id, 20)}-…`),
      ),
      el(
        'div',
        { class: 'key-facts' },
        el('span', {}, used),
        el(
          'span',
          {},
          key.lastUsedAt === undefined ? keys.neverUsed : `${keys.lastUsed} `,
          key.lastUsedAt !== undefined && moment(key.lastUsedAt),
          ...(state === 'usable' ? [' · ', expiryText(key)] : []),
        ),
        key.graceUntil !== undefined &&
          key.graceUntil > Date.now() &&
          el('span', {}, countdown(key.graceUntil, keys.grace)),
        el('span', { class: 'key-scope' }, scopeText(key)),
      ),
      key.revokedAt === undefined &&
        el(
          'div',
          { class: 'row-actions' },
          rowButton(asking(keys.edit), name, () => this.#openForm(key)),
          rowButton(asking(keys.rotate), name, () => this.#confirmRotate(key)),
          rowButton(asking(keys.revoke), name, () => this.#confirmRevoke(key)),
          rowButton(keys.events, name, () => this.#context.openEvents({ keyId: key.id })),
        ),
    );
  }

  #openForm(key?: ApiKey): void {
    openKeyForm(this.#context, key, (created) => {
      void this.#load();
      if (created !== undefined) showSecret(this.#context, created, () => this.#create.focus());
    });
  }

  #confirmRotate(key: ApiKey): void {
    const name = this.#context.directory.keyName(key.id);
    openDialog({
      title: fill(keys.rotateTitle, name),
      body: [el('p', {}, fill(keys.rotateText, graceMinutes))],
      actions: [
        {
          label: keys.rotate,
          run: async () => {
            const created = await this.#context.host.request('keys/rotate', { id: key.id, graceMinutes });
            // After this dialog has gone: one modal at a time.
            window.setTimeout(() => showSecret(this.#context, created, () => this.#create.focus()));
            void this.#load();
          },
        },
      ],
    });
  }

  #confirmRevoke(key: ApiKey): void {
    const name = this.#context.directory.keyName(key.id);
    openDialog({
      title: fill(keys.revokeTitle, name),
      body: [el('p', {}, keys.revokeText)],
      actions: [
        {
          label: keys.revoke,
          run: async () => {
            await this.#context.host.request('keys/revoke', { id: key.id });
            this.#context.notice.say(fill(keys.revoked, name));
            await this.#load();
          },
        },
      ],
      onClosed: () => this.#create.focus(),
    });
  }
}

type KeyState = 'usable' | 'expired' | 'revoked';

function stateOf(key: ApiKey, now: number): KeyState {
  if (key.revokedAt !== undefined) return 'revoked';
  return key.expiresAt !== undefined && key.expiresAt <= now ? 'expired' : 'usable';
}

function expiryText(key: ApiKey): string | HTMLElement {
  return key.expiresAt === undefined
    ? strings.sharing.endless
    : el('span', {}, countdown(key.expiresAt, keys.expiresIn));
}

function scopeText({ scope }: ApiKey): string {
  const list = (values: readonly string[]): string => visibleText(values.slice(0, 4).join(', '), 160);
  const parts = [
    scope.models !== undefined && scope.models.length > 0 ? list(scope.models) : keys.allModels,
    scope.routes !== undefined && scope.routes.length > 0 && list(scope.routes),
    scope.requestsPerMinute !== undefined && fill(keys.perMinute, formatNumber(scope.requestsPerMinute)),
    scope.requestsPerDay !== undefined && fill(keys.requestsADay, formatNumber(scope.requestsPerDay)),
    scope.tokensPerDay !== undefined && fill(keys.tokensADay, formatCompact(scope.tokensPerDay)),
    scope.concurrency !== undefined && fill(keys.atOnce, formatNumber(scope.concurrency)),
    scope.addresses !== undefined && scope.addresses.length > 0 && fill(keys.onlyFrom, list(scope.addresses)),
  ];
  return parts.filter((part) => part !== false).join(' · ');
}
