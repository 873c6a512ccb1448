/** A command line that is not carried out. */
export interface Wrong {
  readonly kind: 'wrong';
  readonly code: 'REALSERVER_USAGE' | 'REALSERVER_ADDRESS' | 'REALSERVER_LIMIT';
  readonly reason: string;
  readonly hint: string;
}

export function wrong(code: Wrong['code'], reason: string, hint: string): Wrong {
  return { kind: 'wrong', code, reason, hint };
}

const SHOWN = 60;

export function usage(reason: string): Wrong {
  return wrong('REALSERVER_USAGE', reason, 'lvs-realserver --help tells more');
}

/** A word that may be anything, for a message on a terminal. */
export function shown(word: string): string {
  const plain = word.replaceAll(/[^\x20-\x7e]/g, '?');
  return plain.length > SHOWN ? `${plain.slice(0, SHOWN)}...` : plain;
}
