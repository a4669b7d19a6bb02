import { connect } from 'node:net';
import { parseAnswer, type RawAnswer } from './recording';

/**
 * Sends bytes and reads until the answer is complete, the server closes, or `timeoutMs` has passed (rejects). Never
 * touches a header.
 */
export function rawRequest(port: number, request: string, timeoutMs = 5000): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const socket = connect({ host: '127.0.0.1', port });
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      if (bytes.includes('\r\n\r\n')) resolve(parseAnswer(bytes));
      else reject(new Error(`no HTTP answer: ${bytes.toString('latin1').slice(0, 80)}`));
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no whole answer within ${timeoutMs} ms`));
    }, timeoutMs);
    socket.on('data', (data) => {
      bytes = Buffer.concat([bytes, data]);
      if (isWhole(bytes, request.startsWith('HEAD'))) finish();
    });
    socket.on('error', reject);
    socket.on('close', finish);
    socket.write(request);
  });
}

function isWhole(bytes: Buffer, isHead: boolean): boolean {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = bytes.subarray(0, end).toString('latin1').toLowerCase();
  if (/^http\/1\.1 1\d\d/.test(head)) return isWhole(bytes.subarray(end + 4), isHead);
  if (isHead || /^http\/1\.1 (204|304) /.test(head)) return true;
  if (head.includes('transfer-encoding: chunked')) return bytes.subarray(-7).toString('latin1').endsWith('0\r\n\r\n');
  const length = /content-length: (\d+)/.exec(head)?.[1];
  return length !== undefined && bytes.length >= end + 4 + Number(length);
}
