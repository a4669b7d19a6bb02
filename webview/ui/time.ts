import { fill, strings } from '../boot';
import { el } from '../dom';
import { formatDuration, formatExact, formatRelative } from '../formats';

const refreshMs = 5_000;
/** Inside a region that is read out when it changes, time alone is no news. */
const silent = { 'aria-live': 'off' };

/** A moment as people say it; its exact time on hover. Keeps itself up to date. */
export function moment(at: number): HTMLElement {
  const element = el('time', { ...silent, datetime: new Date(at).toISOString(), title: formatExact(at) });
  element.dataset.at = String(at);
  refresh(element);
  return element;
}

/** How long something lasts yet: `27 min more`; `template` words it otherwise, with `{0}` for the time. */
export function countdown(until: number | undefined, template: string = strings.blocklist.left): HTMLElement {
  if (until === undefined) return el('span', {}, strings.blocklist.untilLifted);
  const element = el('time', { ...silent, datetime: new Date(until).toISOString(), title: formatExact(until) });
  element.dataset.until = String(until);
  element.dataset.template = template;
  refresh(element);
  return element;
}

/** Keeps the times of the page true while it is seen. */
export function startClock(isSeen: () => boolean): void {
  window.setInterval(() => {
    if (!isSeen()) return;
    for (const element of document.querySelectorAll<HTMLElement>('time[data-at], time[data-until]')) refresh(element);
  }, refreshMs);
}

function refresh(element: HTMLElement): void {
  const { at, until, template = '' } = element.dataset;
  const text =
    until === undefined
      ? formatRelative(Number(at), Date.now())
      : fill(template, formatDuration(Number(until) - Date.now()));
  if (element.textContent !== text) element.textContent = text;
}
