import { Findings } from './diagnostics.js';
import { setValue } from './edit.js';
import { type Statement, statementOf } from './parsed.js';
import { parseStatements } from './parser.js';
import { type LvsCfTree, parseTree, printTree } from './tree.js';

/** serial_no of a file, whatever else is wrong with it; 0 where it has none. */
export function serialNumberOf(bytes: Uint8Array): number {
  const value = serialStatement(bytes)?.value;
  return typeof value === 'number' ? value : 0;
}

/** The file with another serial_no; no other line changes, but a file without one gets a line. */
export function withSerialNumber(bytes: Uint8Array, serial: number): Uint8Array {
  const tree: LvsCfTree = parseTree(bytes);
  return printTree(setValue(tree, {}, 'serial_no', [String(serial)]));
}

/**
 * The file with its serial_no one higher, for a tool that has changed the rest of it; one that has none gets 1. A value
 * that is no number, or can grow no more, is left to whoever wrote it.
 */
export function withRaisedSerial(bytes: Uint8Array): Uint8Array {
  const statement = serialStatement(bytes);
  if (statement !== undefined && typeof statement.value !== 'number') return bytes;
  const serial = serialNumberOf(bytes) + 1;
  return Number.isSafeInteger(serial) ? withSerialNumber(bytes, serial) : bytes;
}

function serialStatement(bytes: Uint8Array): Statement | undefined {
  const tree = parseTree(bytes);
  const names = { ports: new Map<string, number>(), hosts: new Map<string, string>() };
  return statementOf(parseStatements(tree, names, new Findings(tree.lines)), 'serial_no');
}
