import type { ExportRequest } from '../../../core/audit-query';
import { formatBytes, formatCount, formatSpan } from '../../format';
import type { CommandHandler, CommandServices } from '../../command-services';
import { runSteps } from '../../input/run-steps';
import { back } from '../../input/step-input';
import { dayMs } from '../../keys/key-expiry';
import { askSavePath, dayName, tellWritten } from '../../local-files';
import { withProgress } from '../../progress';
import { messageText } from '../../safe-text';

/** Names of formats are the same in every language. */
const formatNames: Record<ExportRequest['format'], string> = { csv: 'CSV', json: 'JSON' };

interface Draft {
  readonly what: ExportRequest['what'];
  readonly format: ExportRequest['format'];
  /** Undefined: everything on record. */
  readonly days: number | undefined;
}

/** Writes security events or requests to a file. The gateway writes it, row by row, so size does not matter. */
export const exportAudit: CommandHandler = async (services) => {
  const { gateway, l10n, clock } = services;
  const { what, format, days } = await askWhat(services);
  const name = `flm-${what === 'audit' ? 'events' : 'requests'}-${dayName(clock.now())}.${format}`;
  const filters = format === 'csv' ? { [formatNames.csv]: ['csv'] } : { [formatNames.json]: ['json'] };
  const uri = await askSavePath(services, { title: l10n.t('Export Records'), name, filters });
  const request = gateway.request('audit/export', {
    what,
    format,
    path: uri.fsPath,
    // Spreadsheets read UTF-8 without it as something else; other readers skip it.
    bom: format === 'csv',
    ...(days === undefined ? {} : { query: { from: clock.now() - days * dayMs } }),
  });
  const { rows, bytes, path } = await withProgress(l10n.t('Exporting the records'), request);
  const text = l10n.t(
    '{0} rows ({1}) written to {2}.',
    formatCount(rows, l10n.language),
    formatBytes(bytes, l10n.language),
    messageText(path),
  );
  void tellWritten(l10n, text, uri);
};

function askWhat({ l10n, input }: CommandServices): Promise<Draft> {
  const title = l10n.t('Export Records');
  const pick = async <T>(
    place: { readonly step: number; readonly totalSteps: number },
    placeHolder: string,
    choices: readonly { readonly label: string; readonly detail?: string; readonly value: T }[],
  ) => input.pick({ title, place, placeHolder, choices });
  return runSteps<Draft>({ what: 'audit', format: 'csv', days: undefined }, [
    {
      ask: async (draft, place) => {
        const what = await pick<Draft['what']>(place, l10n.t('What to export?'), [
          {
            label: l10n.t('Security Events'),
            detail: l10n.t('Keys, blocks, detections, changes: the audit log with its hash chain'),
            value: 'audit',
          },
          {
            label: l10n.t('Requests'),
            detail: l10n.t('Who used which model when, with tokens and times; no prompts, no answers'),
            value: 'access',
          },
        ]);
        return what === back ? back : { ...draft, what };
      },
    },
    {
      ask: async (draft, place) => {
        const format = await pick<Draft['format']>(place, l10n.t('Which format?'), [
          { label: formatNames.csv, detail: l10n.t('For spreadsheets'), value: 'csv' },
          { label: formatNames.json, detail: l10n.t('For programs'), value: 'json' },
        ]);
        return format === back ? back : { ...draft, format };
      },
    },
    {
      ask: async (draft, place) => {
        const days = await pick<number | undefined>(place, l10n.t('Which time?'), [
          { label: l10n.t('Everything on Record'), value: undefined },
          { label: l10n.t('Last {0}', formatSpan(l10n, dayMs)), value: 1 },
          { label: l10n.t('Last {0}', formatSpan(l10n, 7 * dayMs)), value: 7 },
        ]);
        return days === back ? back : { ...draft, days };
      },
    },
  ]);
}
