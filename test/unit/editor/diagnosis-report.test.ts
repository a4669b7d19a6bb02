import assert from 'node:assert/strict';
import { diagnosisReport, firstFailure, remedyOf, successText } from '../../../src/editor/diagnosis-report';
import { reason } from '../../../src/core/reason';
import type { DiagnosisStep } from '../../../src/protocol/gateway-rpc';
import { english } from './editor-facts';

const gatewayOk: DiagnosisStep = { step: 'gateway', ok: true, finding: { code: 'gateway.ok', args: [42, 'now'] } };
const noEngine: DiagnosisStep = { step: 'engines', ok: false, finding: { code: 'engines.none', args: [] } };
const skipped: DiagnosisStep = { step: 'client', ok: false, finding: { code: 'client.skipped', args: [] } };

describe('diagnosis', () => {
  it('has one finding: the first step that failed', () => {
    assert.equal(firstFailure([gatewayOk, noEngine, skipped]), noEngine);
    assert.equal(firstFailure([gatewayOk]), undefined);
  });

  it('claims no test request that was not sent', () => {
    const unsent: DiagnosisStep = { step: 'client', ok: true, finding: { code: 'client.noModel', args: [] } };

    assert.match(successText(english, [gatewayOk]), /^Everything works/);
    assert.match(
      successText(english, [gatewayOk, unsent]),
      /^Engines, models and proxy work\. No test request was sent/,
    );
  });

  it('mentions keys that end soon though everything works', () => {
    const ending: DiagnosisStep = { step: 'keys', ok: true, finding: { code: 'keys.expiring', args: [2, 'Anna'] } };

    assert.match(successText(english, [gatewayOk, ending]), /^Everything works.*Ending within 3 days: Anna$/);
  });

  it('shows the label of a key as text', () => {
    const ending: DiagnosisStep = { step: 'keys', ok: true, finding: { code: 'keys.expiring', args: [1, '[a](b:c)'] } };

    const [, summary] = diagnosisReport(english, [ending], []).split('\n\n');

    assert.ok(summary?.includes('\\[a\\]\\(b\\:c\\)'), summary);
  });

  it('puts the reason of a finding into the reader’s words', () => {
    const full: DiagnosisStep = {
      step: 'storage',
      ok: false,
      finding: { code: 'storage.degraded', args: [], reason: reason('storage.diskFull') },
    };
    const l10n: typeof english = {
      language: 'fr',
      t: (text, ...args) => (text.startsWith('The disk') ? 'Disque plein.' : english.t(text, ...args)),
    };

    assert.match(diagnosisReport(l10n, [full], []), /Storage: The storage does not work as it should\. Disque plein/);
  });

  it('offers a key where one is missing and the mode where the services are off', () => {
    assert.equal(remedyOf('keys.noneExposed'), 'flm.keys.create');
    assert.equal(remedyOf('exposure.refused'), 'flm.keys.create');
    assert.equal(remedyOf('exposure.refusedUnopened'), undefined);
    assert.equal(remedyOf('exposure.unguarded'), 'flm.policy.setMode');
  });

  it('knows the command that helps', () => {
    assert.equal(remedyOf('engines.none'), 'flm.engines.add');
    assert.equal(remedyOf('proxy.off'), 'flm.proxy.start');
    assert.equal(remedyOf('gateway.ok'), undefined);
  });

  it('is a page with every step in order and the finding on top', () => {
    const page = diagnosisReport(english, [gatewayOk, noEngine, skipped], [['FLM', '0.1.0']]);

    assert.match(page, /^# FLM Diagnosis\n\nEngines: No engine is running/);
    assert.ok(page.indexOf('Gateway') < page.indexOf('| Failed | Engines'));
    assert.match(page, /- FLM: 0\\\.1\\\.0/);
  });

  it('tells a step that failed from one that was skipped', () => {
    const page = diagnosisReport(english, [gatewayOk, noEngine, skipped], []);

    assert.match(page, /\| OK \| Gateway .*\| Failed \| Engines .*\| Skipped \| Client /s);
  });

  it('tells times in the reader’s way', () => {
    const step: DiagnosisStep = {
      ...gatewayOk,
      finding: { code: 'gateway.ok', args: [42, '2026-11-22T08:40:04.444Z'] },
    };

    assert.match(diagnosisReport(english, [step], []), /in process 42 since Nov 22\\, 2026\\, /);
  });

  it('shows what an engine wrote as text', () => {
    const step: DiagnosisStep = {
      step: 'client',
      ok: false,
      finding: { code: 'client.failed', args: ['x', 500, '<img src=x> [a](command:b) | c'] },
    };
    const page = diagnosisReport(english, [step], []);

    assert.ok(page.includes('\\<img src\\=x\\> \\[a\\]\\(command\\:b\\) \\| c'));
  });
});
