import assert from 'node:assert/strict';
import { auditKinds, severities } from '../../../../src/core/audit';
import { eventsPage } from '../../../../src/editor/audit/events-page';
import { kindLabel, severityLabel } from '../../../../src/editor/audit/kind-labels';
import { english } from '../editor-facts';
import { makeRow } from '../security-facts';

describe('the page of security events', () => {
  it('has a row per event with time, severity, words and facts', () => {
    const page = eventsPage(english, [makeRow({ evidence: '3 decoys' })]);

    assert.match(page, /\| high \| Address blocked \| 203\\\.0\\\.113\\\.9 \|  \| honeypot · 3 decoys \|$/m);
  });

  it('marks what was only observed', () => {
    assert.match(eventsPage(english, [makeRow({ observedOnly: true })]), /Address blocked \(only observed\)/);
  });

  it('makes neither markup nor table cells nor lines of what an attacker wrote', () => {
    const evil = '<img src=x>[a](command:b)|`x`\n# big\u202e';
    const page = eventsPage(english, [makeRow({ evidence: evil, address: evil, keyId: evil })]);

    assert.equal(page.split('\n').filter((line) => line.startsWith('| ')).length, 2);
    assert.doesNotMatch(page, /[^\\]</);
    assert.doesNotMatch(page, /\]\(/);
    assert.doesNotMatch(page, /\u202e/);
  });

  it('teaches when there is nothing', () => {
    assert.match(eventsPage(english, []), /Nothing is on record yet/);
  });

  it('has words for every kind and severity', () => {
    for (const kind of auditKinds) assert.notEqual(kindLabel(english, kind), kind);
    for (const severity of severities) assert.ok(severityLabel(english, severity));
  });
});
