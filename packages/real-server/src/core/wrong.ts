/** A command line that is not carried out. */
export interface Wrong {
  readonly kind: 'wrong';
  readonly code: 'REALSERVER_USAGE' | 'REALSERVER_ADDRESS' | 'REALSERVER_IPV6_TUNNEL' | 'REALSERVER_LIMIT';
  readonly reason: string;
  readonly hint: string;
}

export function wrong(code: Wrong['code'], reason: string, hint: string): Wrong {
  return { kind: 'wrong', code, reason, hint };
}
