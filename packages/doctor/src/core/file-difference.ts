import { formatLvsCf } from '@piranha/config';

/** The statements of an lvs.cf as a formatted file has them, without comments. */
function statementsOf(bytes: Uint8Array): readonly string[] {
  const lines = new TextDecoder().decode(formatLvsCf(bytes)).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

const LONGEST_NAME = 80;

/** The name of a statement; values may hold passwords, and another machine may send anything. */
function nameOf(statement: string | undefined): string {
  if (statement === undefined) return 'the end of the file';
  const name = /^[^ =]+(?: [^ ={]+(?= \{))?/.exec(statement)?.[0] ?? 'a statement without a name';
  return name.slice(0, LONGEST_NAME);
}

/** Where two files begin to mean something else; comments and layout mean nothing. Undefined where they are the same. */
export function fileDifference(here: Uint8Array, there: Uint8Array): string | undefined {
  const [own, far] = [statementsOf(here), statementsOf(there)];
  const index = own.findIndex((statement, at) => statement !== far[at]);
  const at = index < 0 && far.length > own.length ? own.length : index;
  if (at < 0) return undefined;
  const [ownName, farName] = [nameOf(own[at]), nameOf(far[at])];
  return ownName === farName
    ? `statement ${at + 1}, ${ownName}, has another value there`
    : `statement ${at + 1} is ${ownName} here and ${farName} there`;
}
