import { oneLine } from '@piranha/events/catalogue';
import type { MailItem } from './mail-desk.js';

const SUBJECT_LIMIT = 200;

export interface MailText {
  readonly subject: string;
  readonly body: string;
}

/**
 * The words of one mail about one or many changes.
 * @param prefix of the subject, such as `[piranha]`; may be empty
 * @param unlisted changes that happened before the listed ones
 */
export function mailText(
  prefix: string,
  host: string,
  items: readonly MailItem[],
  unlisted: number,
): MailText {
  const count = items.length + unlisted;
  const last = items.at(-1)?.subject ?? 'nothing is listed';
  const what = count === 1 ? last : `${count} changes, the last: ${last}`;
  const subject = oneLine([prefix, `${host}: ${what}`].filter((part) => part !== '').join(' '));
  const lines = [
    ...(unlisted > 0
      ? [`${unlisted} earlier ${unlisted === 1 ? 'change is' : 'changes are'} not listed.`]
      : []),
    ...items.map(({ line }) => oneLine(line)),
    '',
    `-- `,
    `Piranha on ${host}`,
    '',
  ];
  return { subject: [...subject].slice(0, SUBJECT_LIMIT).join(''), body: lines.join('\n') };
}
