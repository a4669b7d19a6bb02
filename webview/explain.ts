import type { AuditRow } from '../src/core/audit';
import type { Block } from '../src/core/block';
import type { SecurityPolicy } from '../src/core/policy-schema';
import { fill, strings } from './boot';
import { el, untrusted, type Child } from './dom';
import { formatExact, formatNumber } from './formats';
import { visibleText } from './visible-text';

const { why, signs } = strings;
const causes: Readonly<Partial<Record<string, string>>> = strings.causes;

/** The sentence about a rule, with the figures of the policy in force where they are known. */
type RuleSentence = (policy: SecurityPolicy | undefined) => string;

/** What the rules are, by the longest beginning of their names that is here. */
const rules: Readonly<Record<string, RuleSentence>> = {
  manual: () => why.ruleManual,
  import: () => why.ruleImport,
  'auth-guessing': (policy) =>
    figures(why.ruleAuthGuessing, why.ruleAuthGuessingPlain, policy?.authFailures.ladder[0]?.failures),
  intrusion: (policy) => figures(why.ruleIntrusion, why.ruleIntrusionPlain, policy?.scoring.blockAt),
  anomaly: (policy) => figures(why.ruleAnomaly, why.ruleAnomalyPlain, policy?.scoring.blockAt),
  honeypot: (policy) =>
    figures(
      why.ruleHoneypot,
      why.ruleHoneypotPlain,
      policy?.honeypots.distinctToBlock,
      policy?.honeypots.windowMinutes,
    ),
  'honeypot.key': () => why.ruleDecoyKey,
  'rate-limit.address': (policy) => figures(why.ruleRate, why.ruleRatePlain, policy?.rateLimits.addressPerMinute),
  'rate-limit': (policy) => figures(why.ruleRate, why.ruleRatePlain, policy?.rateLimits.keyPerMinute),
  resources: (policy) => figures(why.ruleResources, why.ruleResourcesPlain, policy?.resources.engagePercent),
  'score.warning': (policy) => figures(why.ruleWarning, why.ruleWarningPlain, policy?.scoring.warnAt),
  tunnel: () => why.ruleTunnel,
  blocklist: () => why.ruleBlocklist,
  'host-guard': () => why.ruleHost,
  'origin-guard': () => why.ruleOrigin,
  malformed: () => why.ruleMalformed,
};

/** Why somebody is blocked: four questions, four answers. */
export function explainBlock(block: Block, policy: SecurityPolicy | undefined): HTMLElement {
  const until =
    block.expiresAt === undefined ? why.blockedForGood : fill(why.blockedUntil, formatExact(block.expiresAt));
  const isAutomatic = block.source === 'auto';
  return answers([
    [why.seen, seenIn(block)],
    [why.rule, [ruleSentence(block.rule, policy), ruleName(block.rule)]],
    [
      why.done,
      [
        fill(why.blockedSince, formatExact(block.createdAt)),
        ' ',
        until,
        block.strikes > 1 && ` ${fill(why.strikes, formatNumber(block.strikes))}`,
      ],
    ],
    [why.allow, [isAutomatic ? why.allowAutomatic : why.allowManual]],
  ]);
}

/** Why somebody is blocked, in one sentence: FLM's own in the reader's language, a person's as it was written. */
export function blockSentence({ cause, reason }: Block): HTMLElement {
  // A person's own words stand as they are.
  const template = cause === undefined ? undefined : causes[cause.sentence.code];
  if (cause === undefined || template === undefined) return untrusted(reason, 500);
  return el(
    'span',
    {},
    fill(
      template,
      ...cause.sentence.args.map((value) => (typeof value === 'number' ? value : visibleText(value, 200))),
    ),
  );
}

/** The sentence, the sign that tipped the scale, and what it quotes of the request: apart, for it is a stranger's. */
function seenIn(block: Block): readonly Child[] {
  const { lastRule, quote } = block.cause ?? {};
  const sign = lastRule === undefined ? undefined : signName(lastRule);
  return [
    blockSentence(block),
    sign !== undefined && ` ${fill(why.lastSign, sign)}`,
    quote !== undefined && el('span', { class: 'quoted' }, ` ${why.quoted} `, el('code', {}, untrusted(quote, 200))),
  ];
}

/** Why something was recorded: the same four questions. */
export function explainEvent(row: AuditRow, policy: SecurityPolicy | undefined): HTMLElement {
  const { evidence, rule } = row;
  const ruleText = rule === undefined ? [why.noRule] : [ruleSentence(rule, policy), ruleName(rule)];
  return answers([
    [why.seen, [evidence === undefined ? strings.kinds[row.kind] : untrusted(evidence, 500)]],
    [why.rule, ruleText],
    [why.done, [doneSentence(row)]],
    [why.allow, [allowSentence(row)]],
  ]);
}

function doneSentence(row: AuditRow): string {
  if (row.observedOnly === true) return why.doneObserved;
  const group = row.kind.split('.')[0];
  if (row.kind === 'block.added') return why.doneBlocked;
  if (group === 'throttle' && row.kind !== 'throttle.released') return why.doneThrottled;
  if (row.kind === 'auth.failure' || row.kind === 'auth.decoy') return why.doneRefused;
  if (group === 'detection') return why.doneScored;
  return why.doneRecorded;
}

function allowSentence({ kind, address }: AuditRow): string {
  if (kind === 'auth.failure') return why.allowKey;
  if (kind.startsWith('throttle')) return why.allowLimits;
  if (address !== undefined && kind === 'block.added') return why.allowAutomatic;
  if (address !== undefined && kind.startsWith('detection')) return why.allowDetected;
  return why.allowNothing;
}

function ruleSentence(rule: string, policy: SecurityPolicy | undefined): string {
  const parts = rule.split('.');
  while (parts.length > 0) {
    const name = parts.join('.');
    const sentence = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (sentence !== undefined) return sentence(policy);
    parts.pop();
  }
  const sign = signName(rule);
  return sign === undefined ? why.ruleOther : fill(why.ruleSign, sign);
}

/** What a sign is called, by the longest beginning of its rule that has a name. */
function signName(rule: string): string | undefined {
  const parts = rule.split('.');
  for (; parts.length > 0; parts.pop()) {
    const name = parts.join('.');
    if (Object.hasOwn(signs, name)) return signs[name];
  }
  return undefined;
}

function ruleName(rule: string): HTMLElement {
  return el('span', { class: 'rule-name' }, ' ', el('code', {}, untrusted(rule, 80)));
}

/** The sentence with its figures when all of them are known. */
function figures(template: string, plain: string, ...values: readonly (number | undefined)[]): string {
  if (values.some((value) => value === undefined)) return plain;
  return fill(template, ...values.map((value) => formatNumber(value ?? 0)));
}

function answers(pairs: readonly (readonly [string, readonly Child[]])[]): HTMLElement {
  return el(
    'dl',
    { class: 'answers' },
    ...pairs.flatMap(([question, answer]) => [el('dt', {}, question), el('dd', {}, ...answer)]),
  );
}
