import { formatIpv4, parseIpv4 } from '@piranha/common';
import { readableText } from './bytes.js';
import { printable } from './diagnostics.js';
import { readInteger, readSeconds } from './integer.js';
import { ipv6Address } from './ipv6-reader.js';
import type { DirectiveValue } from './parsed.js';
import type { DirectiveSpec } from './schema-types.js';
import { nearestWord } from './suggest.js';

/** What names stand for; the shell looks them up, the core only reads. */
export interface NameTables {
  /** TCP service names and their ports. */
  readonly ports: ReadonlyMap<string, number>;
  /** Host names and their IPv4 addresses. */
  readonly hosts: ReadonlyMap<string, string>;
}

interface Problem {
  readonly code: string;
  readonly text: string;
  readonly hint?: string;
}

/** A value, with a warning about it, or the error why there is none. */
export type ReadResult =
  | { readonly value: DirectiveValue | undefined; readonly warning?: Problem }
  | { readonly error: Problem };

function fail(code: string, text: string, hint?: string): ReadResult {
  return { error: { code, text, ...(hint === undefined ? {} : { hint }) } };
}

function shown(text: string): string {
  return `'${printable(readableText(text))}'`;
}

function checkRange(spec: DirectiveSpec, value: number): ReadResult | undefined {
  const [minimum, maximum] = spec.range ?? [-2147483648, 4294967295];
  if (value >= minimum && value <= maximum) return undefined;
  return fail('CF_RANGE', `${spec.name} = ${value} is out of range, ${minimum} to ${maximum} are allowed`);
}

function numberHint({ choices }: DirectiveSpec, text: string): string | undefined {
  if (/^[+-]?0[0-9]+$/.test(text)) return 'a leading 0 makes a number octal, and octal digits end at 7';
  if (/^[+-]?[0-9]*\.[0-9]+$/.test(text))
    return 'fractions are allowed for times in seconds such as keepalive, deadtime, timeout and reentry only';
  return choices && `besides a number it may be ${choices.join(', ')}`;
}

function readNumber(spec: DirectiveSpec, text: string): ReadResult {
  if (spec.choices?.includes(text)) return { value: text };
  const read = spec.type === 'seconds' ? readSeconds(text) : readInteger(text);
  if (!read)
    return fail('CF_INTEGER_EXPECTED', `integer expected, not ${shown(text)}`, numberHint(spec, text));
  const range = checkRange(spec, read.value);
  if (range) return range;
  if (!read.octal) return { value: read.value };
  return {
    value: read.value,
    warning: {
      code: 'CF_OCTAL',
      text: `${shown(text)} is octal: it means ${read.value}`,
      hint: `write ${read.value}, or drop the leading 0`,
    },
  };
}

function readBoolean(text: string): ReadResult {
  const read = readInteger(text);
  if (!read)
    return fail('CF_INTEGER_EXPECTED', `integer expected, not ${shown(text)}`, 'write 1 for yes, 0 for no');
  if (read.value === 0 || read.value === 1) return { value: read.value === 1 };
  return fail('CF_BOOLEAN_EXPECTED', `boolean expected, not ${shown(text)}`, 'write 1 for yes, 0 for no');
}

function readPort(spec: DirectiveSpec, text: string, names: NameTables): ReadResult {
  if (text === '' || /^[\s]*[+-]?[0-9]/.test(text)) return readNumber(spec, text);
  const port = names.ports.get(text);
  if (port !== undefined) return { value: port };
  const nearest = nearestWord(text, names.ports.keys());
  const hint = nearest
    ? `did you mean ${nearest}? A port number is always understood`
    : 'write the port number';
  return fail('CF_BAD_PORT', `invalid argument: ${shown(text)} is no TCP service name`, hint);
}

/** True for the length of an IPv6 prefix, 1 to 128. */
export function isPrefixLength(text: string): boolean {
  return /^[1-9][0-9]{0,2}$/.test(text) && Number(text) <= 128;
}

/** The IPv4 address that a numeric text stands for, with a warning where it is not what a reader would think. */
export function numericAddress(text: string): ReadResult | undefined {
  const address = parseIpv4(text);
  if (address === undefined) return undefined;
  const dotted = formatIpv4(address);
  if (dotted === text) return { value: dotted };
  return {
    value: dotted,
    warning: { code: 'CF_ADDRESS_FORM', text: `${shown(text)} means ${dotted}`, hint: `write ${dotted}` },
  };
}

const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/;

/** True for a text that is a host name to be looked up, not an address. */
export function isHostName(text: string): boolean {
  return parseIpv4(text) === undefined && HOST_NAME.test(text) && /[A-Za-z]/.test(text);
}

/** An address with colons: IPv6, or an error that says why not. */
function colonAddress(spec: DirectiveSpec, text: string): ReadResult | undefined {
  if (!text.includes(':')) return undefined;
  if (spec.ipv6) {
    const read = ipv6Address(text);
    if ('address' in read) return { value: read.address };
    return fail('CF_BAD_ADDRESS', `invalid argument: ${shown(text)} ${read.why}`, read.hint);
  }
  const hint = `${spec.name} is an IPv4 address; VIPs, real servers and sorry servers may have IPv6`;
  return fail('CF_BAD_ADDRESS', `invalid argument: ${shown(text)} is no IPv4 address`, hint);
}

function readHost(spec: DirectiveSpec, text: string, names: NameTables): ReadResult {
  const numeric = numericAddress(text) ?? colonAddress(spec, text);
  if (numeric) return numeric;
  if (!isHostName(text)) {
    return fail(
      'CF_BAD_ADDRESS',
      `invalid argument: ${shown(text)} is no ${spec.ipv6 ? 'IP' : 'IPv4'} address and no host name`,
    );
  }
  const resolved = names.hosts.get(text);
  if (resolved !== undefined) return { value: resolved };
  return fail(
    'CF_HOST_NOT_FOUND',
    `invalid argument: host name ${shown(text)} has no IPv4 address`,
    'write the address: a director must start while the name service is down',
  );
}

function readAddress(spec: DirectiveSpec, text: string): ReadResult {
  const hint = `only an ${spec.ipv6 ? 'IP' : 'IPv4'} address is taken here, no host name`;
  const bad = () => fail('CF_BAD_ADDRESS', `invalid host name or ip address: ${shown(text)}`, hint);
  return numericAddress(text) ?? colonAddress(spec, text) ?? bad();
}

function readMask(text: string, lenient: boolean): ReadResult {
  // A number alone may be a prefix length: the rules know the family of the service.
  if (lenient && /^[0-9]{1,3}$/.test(text) && parseIpv4(text) !== undefined) return { value: text };
  const mask = numericAddress(text);
  if (mask) return mask;
  const hint = `write it as 255.255.255.0${lenient ? ', for IPv6 as a prefix length' : ''}`;
  if (!lenient) return fail('CF_BAD_MASK', `Bad subnet mask specified: ${shown(text)}`, hint);
  return {
    value: undefined,
    warning: { code: 'CF_PMASK_IGNORED', text: `${shown(text)} is no mask and is ignored`, hint },
  };
}

/** Reads one word of the choices. */
export function readKeyword(spec: DirectiveSpec, text: string): ReadResult {
  const choices = spec.choices ?? [];
  if (choices.includes(text)) return { value: text };
  const nearest = nearestWord(text, choices);
  const hint = `${nearest ? `did you mean ${nearest}? ` : ''}Known are ${choices.join(', ')}`;
  return fail('CF_BAD_KEYWORD', `invalid argument: ${shown(text)} is no ${spec.name}`, hint);
}

/** Reads the one word of a directive that takes one. */
export function readWord(spec: DirectiveSpec, text: string, names: NameTables): ReadResult {
  switch (spec.type) {
    case 'integer':
    case 'seconds':
      return readNumber(spec, text);
    case 'switch': {
      const read = readNumber(spec, text);
      return 'value' in read ? { ...read, value: read.value !== 0 } : read;
    }
    case 'boolean':
      return readBoolean(text);
    case 'port':
      return readPort(spec, text, names);
    case 'host':
    case 'device-address':
      return readHost(spec, text, names);
    case 'address':
    case 'director-address':
      return readAddress(spec, text);
    case 'mask':
      return readMask(text, false);
    case 'lenient-mask':
      return readMask(text, true);
    case 'keyword':
      return readKeyword(spec, text);
    case 'text':
    case 'list':
    case 'keywords':
    case 'witnesses':
      return { value: readableText(text) };
  }
}
