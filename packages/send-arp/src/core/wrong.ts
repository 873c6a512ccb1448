/** Stable codes of what a person may do wrong. */
export type WrongCode =
  | 'SEND_ARP_USAGE'
  | 'SEND_ARP_ADDRESS'
  | 'SEND_ARP_MAC'
  | 'SEND_ARP_TARGET'
  | 'SEND_ARP_SCHEDULE'
  | 'SEND_ARP_LIMIT';

/** A command line or an input that is not carried out. */
export interface Wrong {
  readonly kind: 'wrong';
  readonly code: WrongCode;
  readonly reason: string;
  readonly hint: string;
}

export function wrong(code: WrongCode, reason: string, hint: string): Wrong {
  return { kind: 'wrong', code, reason, hint };
}
