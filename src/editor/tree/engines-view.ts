import * as vscode from 'vscode';
import type { Clock, Timer } from '../../core/clock';
import { DisposableStore, type Disposable } from '../../core/disposable';
import type { Logger } from '../../core/logger';
import { messageOf } from '../../core/errors';
import type { ContextKeySetter } from '../context-keys';
import { enginesViewId } from '../contributions';
import type { Gateway } from '../gateway-port';
import type { Localizer } from '../localizer';
import { MeasurementReader } from '../measurements/measurement-reader';
import type { Settings } from '../settings';
import { EnginesTree } from './engines-tree';
import { TreeModel, type TreeInput, type TreeRow } from './tree-model';
import { pageSize, type TreeOptions } from './tree-options';
import { viewMessage, viewState } from './view-state';

/** Ages in descriptions are in minutes. */
const ageRefreshMs = 60_000;

/** What commands may do to the view. */
export interface EnginesViewControl {
  readonly filter: string;
  setFilter(filter: string): void;
  setShowsHidden(showsHidden: boolean): void;
  /** Shows the next page of an engine's models. */
  showMore(engineId: string): void;
  /** Brings the view to front and selects the engine, if it is there. */
  reveal(engineId: string): Promise<void>;
}

/** The "Engines" view: rows, the line above them, its welcome text, and the gateway's knowledge that somebody looks. */
export class EnginesView implements EnginesViewControl, Disposable {
  readonly #gateway: Gateway;
  readonly #settings: Settings;
  readonly #l10n: Localizer;
  readonly #clock: Clock;
  readonly #contexts: ContextKeySetter;
  readonly #log: Logger;
  readonly #store = new DisposableStore();
  readonly #shown = new Map<string, number>();
  readonly #model: TreeModel;
  readonly #tree: EnginesTree;
  #view: vscode.TreeView<TreeRow> | undefined;
  #filter = '';
  #showsHidden = false;
  #toldVisible = false;
  #ageTimer: Timer | undefined;

  constructor(
    gateway: Gateway,
    settings: Settings,
    l10n: Localizer,
    clock: Clock,
    contexts: ContextKeySetter,
    log: Logger,
  ) {
    this.#gateway = gateway;
    this.#settings = settings;
    this.#l10n = l10n;
    this.#clock = clock;
    this.#contexts = contexts;
    this.#log = log;
    this.#model = new TreeModel(l10n, this.#input());
    this.#tree = this.#store.add(new EnginesTree(this.#model, l10n, clock, new MeasurementReader(gateway, clock)));
  }

  /** Creates the view. `machine` names the machine whose engines these are, in remote windows. */
  start(machine: string | undefined): void {
    const view = vscode.window.createTreeView(enginesViewId, { treeDataProvider: this.#tree, showCollapseAll: true });
    // Not the description: VS Code drops that where the view is the only one of its container.
    if (machine !== undefined) view.title = `${this.#l10n.t('Engines')} · ${machine}`;
    this.#view = this.#store.add(view);
    this.#store.add(view.onDidChangeVisibility(() => this.#onVisibility()));
    this.#store.add(this.#gateway.onDidChangeStatus(() => this.#update()));
    this.#store.add(this.#settings.onDidChange(() => this.#update()));
    this.#onVisibility();
  }

  get filter(): string {
    return this.#filter;
  }

  setFilter(filter: string): void {
    this.#filter = filter.trim();
    this.#shown.clear();
    this.#contexts.set('flm.filtering', this.#filter !== '');
    this.#update();
  }

  setShowsHidden(showsHidden: boolean): void {
    this.#showsHidden = showsHidden;
    this.#contexts.set('flm.showsHidden', showsHidden);
    this.#update();
  }

  showMore(engineId: string): void {
    this.#shown.set(engineId, (this.#shown.get(engineId) ?? pageSize) + pageSize);
    this.#update();
  }

  async reveal(engineId: string): Promise<void> {
    const row = this.#model.findEngine(engineId);
    if (row === undefined) await vscode.commands.executeCommand(`${enginesViewId}.focus`);
    else await this.#view?.reveal(row, { select: true, focus: true });
  }

  dispose(): void {
    this.#ageTimer?.cancel();
    this.#store.dispose();
  }

  #onVisibility(): void {
    const visible = this.#view?.visible === true;
    if (visible) this.#gateway.start();
    this.#update();
    this.#tellInterest();
    this.#ageTimer?.cancel();
    if (visible) this.#scheduleAges();
  }

  #scheduleAges(): void {
    this.#ageTimer = this.#clock.setTimeout(() => {
      this.#update();
      this.#scheduleAges();
    }, ageRefreshMs);
  }

  /** Once per change: the connection remembers it for a gateway that takes over. */
  #tellInterest(): void {
    const visible = this.#view?.visible === true;
    if (visible === this.#toldVisible) return;
    this.#toldVisible = visible;
    this.#gateway.request('interest/set', { visible }).catch((error: unknown) => {
      this.#log.debug('The gateway did not hear whether the view is visible', { error: messageOf(error) });
    });
  }

  #update(): void {
    const { status } = this.#gateway;
    const input = this.#input();
    this.#contexts.set('flm.hasHidden', input.options.hidden.length > 0);
    // A view nobody sees is brought up to date when it is shown again.
    if (this.#view?.visible !== true) return;
    this.#tree.update(input);
    const state = viewState(
      status,
      this.#model.roots().length,
      input.options,
      this.#settings.get('engines.detect', true),
    );
    this.#contexts.set('flm.viewState', state);
    this.#view.message = viewMessage(this.#l10n, status, input.options) ?? '';
  }

  #input(): TreeInput {
    return { engines: this.#gateway.status.state?.engines.engines ?? [], options: this.#options() };
  }

  #options(): TreeOptions {
    return {
      now: this.#clock.now(),
      filter: this.#filter,
      hidden: this.#settings.strings('engines.hidden'),
      showsHidden: this.#showsHidden,
      defaultModel: this.#settings.get('proxy.defaultModel', ''),
      shown: this.#shown,
    };
  }
}
