import { dirname } from 'node:path';
import type { ExportRequest, ExportResult, Page, PageCursor, PageQuery } from '../core/audit-query';
import { csvLine } from './csv';
import type { Database } from './database';
import type { FileSystem } from './file-system';
import { searchAccess, searchAudit } from './log-search';

/** Rows written between two turns of the event loop. */
const stepRows = 500;

const auditFields = [
  ...['seq', 'at', 'time', 'kind', 'severity', 'requestId', 'address', 'keyId', 'route', 'engineId', 'modelId'],
  ...['status', 'latencyMs', 'rule', 'errorCode', 'evidence', 'observedOnly', 'details', 'hash'],
];
const accessFields = [
  ...[
    'seq',
    'at',
    'time',
    'requestId',
    'address',
    'keyId',
    'keyLabel',
    'method',
    'route',
    'path',
    'engineId',
    'failedEngines',
    'modelId',
  ],
  ...['status', 'outcome', 'rule', 'errorCode', 'isStream', 'durationMs', 'queueMs', 'firstTokenMs', 'tokensIn'],
  ...['tokensOut', 'tokensPerSecond', 'bytesIn', 'bytesOut', 'userAgent'],
];

/**
 * Writes all rows of a search to a file, newest first, page by page, so that memory and the event loop stay free.
 * The file appears under its name when it is complete; it is readable by the user only. Rejects with the disk's error.
 */
export async function exportToFile(db: Database, fs: FileSystem, request: ExportRequest): Promise<ExportResult> {
  const temporary = `${request.path}.part`;
  // The folder may be anybody's: what stands there already, a link to another file perhaps, is not written into
  await fs.remove(temporary);
  const file = await fs.open(temporary, 'exclusive');
  let bytes = 0;
  let rows = 0;
  const write = async (text: string) => {
    const data = Buffer.from(text);
    bytes += data.byteLength;
    await file.write(data);
  };
  try {
    const isCsv = request.format === 'csv';
    const fields = request.what === 'audit' ? auditFields : accessFields;
    await write(isCsv ? `${request.bom === true ? '\ufeff' : ''}${csvLine(fields)}` : '[');
    for await (const page of pagesOf(db, request)) {
      const texts = page.map((row, index) =>
        isCsv ? csvLine(fields.map((field) => row[field])) : `${rows + index > 0 ? ',' : ''}\n${JSON.stringify(row)}`,
      );
      rows += page.length;
      await write(texts.join(''));
    }
    if (!isCsv) await write('\n]\n');
    await file.sync();
    await file.close();
    await fs.rename(temporary, request.path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await fs.remove(temporary).catch(() => undefined);
    throw error;
  }
  await fs.syncFolder(dirname(request.path)).catch(() => undefined);
  return { path: request.path, rows, bytes };
}

type FlatRow = Readonly<Record<string, unknown>>;

async function* pagesOf(db: Database, { what, query = {} }: ExportRequest): AsyncGenerator<readonly FlatRow[]> {
  const search: (query: PageQuery) => Page<object> =
    what === 'audit' ? (q) => searchAudit(db, q) : (q) => searchAccess(db, q);
  let after: PageCursor | undefined = query.after;
  do {
    const page: Page<object> = search({ ...query, limit: stepRows, ...(after ? { after } : {}) });
    if (page.rows.length > 0) yield page.rows.map((row) => flatten(row));
    after = page.next;
    await new Promise((resolve) => setImmediate(resolve));
  } while (after !== undefined);
}

/** Adds what people want to read at once and takes nested values apart. */
function flatten(row: object): FlatRow {
  const { identity, ...flat } = row as Record<string, unknown> & { identity?: Record<string, unknown> };
  const { at, tokensOut, firstTokenMs, durationMs } = flat as Record<string, number | undefined>;
  const seconds = ((durationMs ?? 0) - (firstTokenMs ?? 0)) / 1000;
  const speed = tokensOut !== undefined && seconds > 0 ? Math.round((tokensOut / seconds) * 10) / 10 : undefined;
  return {
    ...flat,
    time: new Date(at ?? 0).toISOString(),
    ...(identity ? { keyId: identity['keyId'] ?? identity['type'], keyLabel: identity['label'] } : {}),
    ...(speed === undefined ? {} : { tokensPerSecond: speed }),
  };
}
