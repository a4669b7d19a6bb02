// `npm start`: builds the extension and opens it in a real editor, with the proxy running.
import { parseArgs } from 'node:util';
import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/ensure-installed.mjs';
import { load } from './lib/typescript.mjs';

const usage = `npm start [-- options]
  --desktop       only in desktop VS Code
  --web           only in code-server, in a browser
  --port N        port of code-server (default 3180, or the next free one)
  --proxy-port N  port of FLM's endpoint (default 11435, or the next free one)
  --no-open       do not open a browser`;

try {
  const { values } = parseArgs({
    options: {
      desktop: { type: 'boolean', default: false },
      web: { type: 'boolean', default: false },
      port: { type: 'string' },
      'proxy-port': { type: 'string' },
      'no-open': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  await ensureInstalled();
  await build();
  const { startEditor } = await load('./start-editor.ts');
  await startEditor({
    where: values.desktop ? 'desktop' : values.web ? 'web' : 'auto',
    webPort: portOf(values.port, '--port'),
    proxyPort: portOf(values['proxy-port'], '--proxy-port'),
    opensBrowser: !values['no-open'],
  });
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

function portOf(text, option) {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1024 || port > 65535) throw new Error(`${option} takes a port, 1024 to 65535.`);
  return port;
}
