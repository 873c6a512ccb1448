import type { ForwardingMethod } from '@piranha/config';
import { addressesBetween, readAddress } from '../addresses.js';
import type { Ledger, Statement } from '../ledger.js';
import { namedPort } from '../ports.js';

const METHODS: Readonly<Record<string, ForwardingMethod>> = { gate: 'direct', masq: 'nat', ipip: 'tunnel' };
const MAXIMUM_WEIGHT = 65_535;
const MAXIMUM_CONNECTIONS = 2_147_483_647;
const FORM =
  /^(\[[^\]]*\]|[^\s:>-]+(?:-[^\s:>-]+)*)(?:->(\[[^\]]*\]|[^\s:>-]+))?(?::(\S+))?\s+(\w+)(?:\s+(\d+))?(?:\s+"([^"]*)"[, ]\s*"([^"]*)")?(?:\s+l:(\d+))?(?:\s+u:(\d+))?$/;

/** A line `real = ...`, which may stand for many servers. */
export interface RealLine {
  readonly statement: Statement;
  readonly addresses: readonly string[];
  /** 0 where none is said. */
  readonly port: number;
  readonly forwarding: ForwardingMethod;
  readonly weight: number;
  /** Of this server alone. */
  readonly ask: { readonly request: string; readonly receive: string } | undefined;
  readonly lowerThreshold: number;
  readonly upperThreshold: number;
}

/** The word for a forwarding method, or undefined. */
export function methodOf(word: string): ForwardingMethod | undefined {
  return Object.hasOwn(METHODS, word) ? METHODS[word] : undefined;
}

/** An address without the brackets that ldirectord puts around IPv6. */
export function bareAddress(text: string, family: 4 | 6): string | undefined {
  const address = readAddress(text.replace(/^\[(.*)\]$/, '$1'));
  return address !== undefined && address.includes(':') === (family === 6) ? address : undefined;
}

function addressesOf(first: string, last: string | undefined, family: 4 | 6): readonly string[] | undefined {
  if (last !== undefined) return family === 4 ? addressesBetween(first, last) : undefined;
  const single = bareAddress(first, family);
  return single === undefined ? undefined : [single];
}

function readThresholds(ledger: Ledger, statement: Statement, lower = '0', upper = '0') {
  const [lowerThreshold, upperThreshold] = [Number(lower), Number(upper)];
  if (Math.max(lowerThreshold, upperThreshold) > MAXIMUM_CONNECTIONS) {
    ledger.note(statement, 'its thresholds are beyond what IPVS takes');
    return { lowerThreshold: 0, upperThreshold: 0 };
  }
  if (lowerThreshold === 0 || lowerThreshold < upperThreshold) return { lowerThreshold, upperThreshold };
  ledger.note(statement, 'its lower threshold is not below the upper one: left out');
  return { lowerThreshold: 0, upperThreshold };
}

/** Reads a `real` line; undefined with a note where it is no server of the family. */
export function readReal(ledger: Ledger, statement: Statement, family: 4 | 6): RealLine | undefined {
  const found = FORM.exec(statement.words[1] ?? '');
  if (found === null) {
    ledger.note(
      statement,
      'it is no server: ADDRESS[->ADDRESS][:PORT] gate|masq|ipip [WEIGHT] ["REQUEST", "ANSWER"]',
    );
    return undefined;
  }
  const [, first = '', last, portText, word = '', weightText = '1', request, receive, lower, upper] = found;
  const addresses = addressesOf(first, last, family);
  if (addresses === undefined) {
    const reason = `it names no IPv${family} address, or more than 256: write addresses in the place of names`;
    ledger.note(statement, reason);
    return undefined;
  }
  const port = portText === undefined ? 0 : namedPort(portText);
  const forwarding = methodOf(word);
  const weight = Number(weightText);
  if (port === undefined || forwarding === undefined || weight > MAXIMUM_WEIGHT) {
    ledger.note(statement, 'its port, its method (gate, masq, ipip) or its weight cannot be understood');
    return undefined;
  }
  ledger.carried(statement);
  const ask = request === undefined || receive === undefined ? undefined : { request, receive };
  return {
    statement,
    addresses,
    port,
    forwarding,
    weight,
    ask,
    ...readThresholds(ledger, statement, lower, upper),
  };
}
