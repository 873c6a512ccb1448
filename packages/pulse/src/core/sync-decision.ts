import type { SyncDirection } from '@piranha/protocol';

/** The lvs.cf of one director. */
interface SyncEnd {
  readonly hash: string;
  readonly serial: number;
  /** False: it was edited since the director read it. */
  readonly inUse: boolean;
}

interface CopyQuestion {
  readonly direction: SyncDirection;
  readonly force: boolean;
  readonly own: SyncEnd;
  readonly partner: SyncEnd;
}

/** Why a file is not copied; the words of a UserError. */
interface CopyRefusal {
  readonly type: 'refused';
  readonly code: 'SYNC_NEWER' | 'SYNC_EDITED' | 'SYNC_SERIAL';
  readonly text: string;
  readonly hint: string;
}

export type CopyDecision =
  | { readonly type: 'nothing' }
  /** `serial`: the file gets this serial_no first. */
  | { readonly type: 'copy'; readonly serial: number | undefined }
  | CopyRefusal;

const FORCE = 'look at the differences (--dry-run), then use --force';

/** Whether the file of one director may take the place of the other's. */
export function decideCopy(question: CopyQuestion): CopyDecision {
  const { direction, force, own, partner } = question;
  const isSame = own.hash === partner.hash;
  if (isSame && own.inUse && partner.inUse) return { type: 'nothing' };
  const refusal = isSame || force ? undefined : refusalOf(question);
  if (refusal !== undefined) return refusal;
  if (direction === 'pull' || isSame || own.serial > partner.serial) {
    return { type: 'copy', serial: undefined };
  }
  const serial = partner.serial + 1;
  if (Number.isSafeInteger(serial)) return { type: 'copy', serial };
  const text = `serial_no ${partner.serial} cannot grow any more`;
  return { type: 'refused', code: 'SYNC_SERIAL', text, hint: 'give both files a smaller one by hand' };
}

function refusalOf({ direction, own, partner }: CopyQuestion): CopyRefusal | undefined {
  const isPush = direction === 'push';
  const [source, target] = isPush ? [own, partner] : [partner, own];
  if (source.serial < target.serial) {
    const whose = isPush ? "the partner's lvs.cf" : 'the lvs.cf here';
    const text = `${whose} is newer: serial_no ${own.serial} here, ${partner.serial} there`;
    const hint = `lvsctl sync ${isPush ? 'pull' : 'push'} copies it the other way; else ${FORCE}`;
    return { type: 'refused', code: 'SYNC_NEWER', text, hint };
  }
  if (!target.inUse) return edited(isPush ? 'there' : 'here', 'would be lost');
  // The own file is the operator's at hand; what lies unread at the partner is somebody else's unfinished work.
  if (!isPush && !source.inUse) return edited('there', 'may not be finished');
  return undefined;
}

function edited(where: 'here' | 'there', fate: string): CopyRefusal {
  const text = `lvs.cf was edited ${where} and is not in use yet: that edit ${fate}`;
  return { type: 'refused', code: 'SYNC_EDITED', text, hint: `lvsctl reload ${where}; or ${FORCE}` };
}
