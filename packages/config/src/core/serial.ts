import { Findings } from './diagnostics.js';
import { setValue } from './edit.js';
import { statementOf } from './parsed.js';
import { parseStatements } from './parser.js';
import { type LvsCfTree, parseTree, printTree } from './tree.js';

/** serial_no of a file, whatever else is wrong with it; 0 where it has none. */
export function serialNumberOf(bytes: Uint8Array): number {
  const tree = parseTree(bytes);
  const names = { ports: new Map<string, number>(), hosts: new Map<string, string>() };
  const value = statementOf(parseStatements(tree, names, new Findings(tree.lines)), 'serial_no')?.value;
  return typeof value === 'number' ? value : 0;
}

/** The file with another serial_no; no other line changes, but a file without one gets a line. */
export function withSerialNumber(bytes: Uint8Array, serial: number): Uint8Array {
  const tree: LvsCfTree = parseTree(bytes);
  return printTree(setValue(tree, {}, 'serial_no', [String(serial)]));
}
