import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Agent, fetch } from 'undici';
import { systemClock } from '../../../src/core/clock';
import { silentLogger } from '../../../src/core/logger';
import { writeFileAtomic } from '../../../src/gateway/atomic-file';
import { createCertificateKeeper } from '../../../src/tls/main';
import { secureServerOptions } from '../../../src/tls/secure-context';
import { makeAuthority } from '../../helpers/tls/authority';
import { temporaryFolder } from '../../unit/tls/support';

describe('certificate files exchanged under load', function () {
  this.timeout(30_000);

  it('fail no request, on open connections and on new ones', async () => {
    const folder = await temporaryFolder();
    const authority = await makeAuthority();
    const [certFile, keyFile] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')];
    const put = async (name: string): Promise<void> => {
      const pair = await authority.issue([name]);
      await writeFile(certFile, pair.cert);
      await writeFile(keyFile, pair.key);
    };
    await put('one.lan');
    const keeper = createCertificateKeeper({
      folder: folder.path,
      clock: systemClock,
      logger: silentLogger,
      writeFile: writeFileAtomic,
    });
    await keeper.start({ mode: 'files', certFile, keyFile }, []);
    const server = createServer(secureServerOptions(keeper.material()!), (_request, response) => response.end('ok'));
    keeper.onDidChange(() => {
      const material = keeper.material();
      if (material !== undefined) server.setSecureContext(secureServerOptions(material));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;

    let isOver = false;
    let answers = 0;
    const ask = async (dispatcher: Agent): Promise<void> => {
      const response = await fetch(url, { dispatcher });
      assert.equal(await response.text(), 'ok');
      answers++;
    };
    const kept = new Agent({ connect: { ca: authority.cert } });
    const onKeptConnections = async (): Promise<void> => {
      while (!isOver) await ask(kept);
    };
    const onNewConnections = async (): Promise<void> => {
      while (!isOver) {
        const fresh = new Agent({ connect: { ca: authority.cert } });
        await ask(fresh);
        await fresh.close();
      }
    };
    const load = Promise.all([onKeptConnections(), onKeptConnections(), onNewConnections(), onNewConnections()]);
    try {
      for (const name of ['two.lan', 'three.lan', 'four.lan']) {
        const changed = new Promise<void>((resolve) => {
          keeper.onDidChange(() => {
            if (keeper.state.certificate?.names.includes(name) === true) resolve();
          });
        });
        await put(name);
        await Promise.race([changed, load]);
      }
    } finally {
      isOver = true;
      await load;
      await kept.close();
      await new Promise((resolve) => server.close(resolve));
      await keeper.stop();
      await folder.remove();
    }

    assert.ok(answers > 10, `${answers} answers`);
  });
});
