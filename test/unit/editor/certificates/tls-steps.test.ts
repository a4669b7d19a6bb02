import assert from 'node:assert/strict';
import { FlmError } from '../../../../src/core/errors';
import type { TlsPolicy } from '../../../../src/core/tls';
import { askForTls, letsEncryptTerms } from '../../../../src/editor/certificates/tls-steps';
import { english } from '../editor-facts';
import { FakeStepInput, type Answer } from '../fake-step-input';

function ask(answers: Answer[], current: TlsPolicy = { mode: 'off' }) {
  const input = new FakeStepInput(...answers);
  return { input, policy: askForTls({ input, l10n: english, current }) };
}

const accept: Answer = { pick: 'I Have Read' };
const name: Answer[] = [{ type: 'gateway.example.org' }, { type: 'me@example.org' }];

describe('setting up TLS', () => {
  it('asks nothing more for the own CA, and keeps what belongs to other ways', async () => {
    const current = { mode: 'files', certFile: '/c', keyFile: '/k' } as const;

    assert.deepEqual(await ask([{ pick: 'Own CA' }], current).policy, { ...current, mode: 'self-signed' });
    assert.deepEqual(await ask([{ pick: 'Off' }], current).policy, { ...current, mode: 'off' });
  });

  it('asks for whole paths of own files', async () => {
    const { policy } = ask([{ pick: 'Own Files' }, { type: ' C:\\tls\\cert.pem ' }, { type: '/tls/key.pem' }]);

    assert.deepEqual(await policy, { mode: 'files', certFile: 'C:\\tls\\cert.pem', keyFile: '/tls/key.pem' });
    await assert.rejects(ask([{ pick: 'Own Files' }, { type: 'cert.pem' }]).policy, /whole path/);
  });

  it('asks for name, e-mail, port and terms for a public certificate', async () => {
    const { input, policy } = ask([
      { pick: 'Public' },
      { pick: 'Let’s Encrypt, for' },
      { pick: 'Over HTTP' },
      ...name,
      { type: '8080' },
      accept,
    ]);

    assert.deepEqual(await policy, {
      mode: 'acme',
      acme_domain: 'gateway.example.org',
      acme_email: 'me@example.org',
      acme_terms: true,
      acme_directory: 'letsencrypt-staging',
      acme_httpPort: 8080,
    });
    assert.equal(input.asked.at(-1)?.step, '7/7');
  });

  it('does not accept the terms unless a person does', async () => {
    const answers: Answer[] = [{ pick: 'Public' }, { pick: 'Let’s Encrypt' }, { pick: 'Over HTTP' }, ...name];
    const { policy } = ask([...answers, { type: '80' }, { pick: 'I Do Not' }]);

    await assert.rejects(policy, (error) => FlmError.is(error, 'cancelled'));
    assert.match(letsEncryptTerms, /^https:\/\/letsencrypt\.org\//);
  });

  it('asks another server’s address and CA, and a hook for DNS', async () => {
    const { policy } = ask([
      { pick: 'Public' },
      { pick: 'Another' },
      { type: 'https://ca.internal:14000/dir' },
      { type: '/etc/ca.pem' },
      { pick: 'Over DNS' },
      { type: '*.example.org' },
      { type: 'me@example.org' },
      { type: '/usr/local/bin/hook' },
      accept,
    ]);

    assert.deepEqual(await policy, {
      mode: 'acme',
      acme_domain: '*.example.org',
      acme_email: 'me@example.org',
      acme_terms: true,
      acme_directory: 'https://ca.internal:14000/dir',
      acme_caFile: '/etc/ca.pem',
      acme_dnsHook: '/usr/local/bin/hook',
    });
  });

  it('drops hook and CA when they are no longer wanted', async () => {
    const current: TlsPolicy = {
      mode: 'acme',
      acme_domain: 'a.example.org',
      acme_email: 'me@example.org',
      acme_directory: 'https://ca.internal/dir',
      acme_caFile: '/etc/ca.pem',
      acme_dnsHook: '/hook',
    };
    const answers: Answer[] = [{ pick: 'Public' }, { pick: 'Let’s Encrypt' }, { pick: 'Over HTTP' }, ...name];
    const policy = await ask([...answers, { type: '80' }, accept], current).policy;

    assert.equal(policy.acme_caFile, undefined);
    assert.equal(policy.acme_dnsHook, undefined);
    assert.equal(policy.acme_directory, 'letsencrypt');
  });

  it('refuses what can be no name, address or port', async () => {
    const start: Answer[] = [{ pick: 'Public' }, { pick: 'Let’s Encrypt' }, { pick: 'Over HTTP' }];

    await assert.rejects(ask([...start, { type: 'https://x.org' }]).policy, /full name/);
    await assert.rejects(ask([...start, name[0]!, { type: 'me' }]).policy, /address such as/);
    await assert.rejects(ask([...start, ...name, { type: '70000' }]).policy, /port between/);
  });
});
