import assert from 'node:assert/strict';
import type { InterruptionKind } from '../../../../src/editor/alerts/interruptions';
import { toastText } from '../../../../src/editor/alerts/toast-text';
import { english, now } from '../editor-facts';
import { makeEvent, minuteMs } from '../security-facts';

const facts = {
  keyLabel: () => 'old .env',
  exposure: () => 'Only this machine can reach it.',
  hole: () => 'Ollama answers on 192.168.1.20.',
};

function text(kind: InterruptionKind, event: Parameters<typeof makeEvent>[0] = {}) {
  return toastText(english, { type: 'single', interruption: { kind, event: makeEvent(event) } }, facts);
}

describe('the words of a toast', () => {
  it('say who was blocked, for how long and why', () => {
    assert.equal(text('block'), 'FLM blocked 203.0.113.9 for 30 min: touched decoy paths.');
  });

  it('say an hour though the event is a moment younger than the block', () => {
    assert.match(text('block', { details: { expiresAt: now + 60 * minuteMs - 2 } }), /for 1 h:/);
  });

  it('say that a block stays until it is lifted', () => {
    assert.equal(
      text('block', { rule: 'auth-guessing', details: { source: 'auto', expiresAt: null } }),
      'FLM blocked 203.0.113.9 until you lift it: guessed API keys.',
    );
  });

  it('name the decoy and who used it', () => {
    assert.match(text('decoy', { keyId: 'x' }), /203\.0\.113\.9 used the decoy key “old \.env”/);
  });

  it('say who can reach the gateway now', () => {
    assert.match(text('exposure'), /has changed\. Only this machine can reach it\.$/);
  });

  it('say what the check-up found', () => {
    assert.match(text('hole'), /found a hole: Ollama answers on 192/);
  });

  it('sum up, the most important first', () => {
    assert.equal(
      toastText(english, { type: 'sum', counts: { block: 3, decoy: 1 } }, facts),
      'A decoy key was used. 3 more addresses were blocked.',
    );
  });

  it('make no link of what an attacker wrote', () => {
    assert.doesNotMatch(text('block', { rule: '[x](command:evil)', address: '[y](command:evil)' }), /\]\(/);
  });
});
