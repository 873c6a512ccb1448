import { formatIpv4, parseIpv4 } from '@piranha/common';
import type { WitnessTarget } from '../witness-model.js';
import { ipv6Address } from './ipv6-reader.js';
import { nearestWord } from './suggest.js';

const KINDS = ['gateway', 'ping', 'tcp', 'http'] as const;
const EXAMPLES: Readonly<Record<(typeof KINDS)[number], string>> = {
  gateway: 'gateway 10.0.0.254',
  ping: 'ping 10.0.0.5',
  tcp: 'tcp 10.0.0.5:22',
  http: 'http http://10.0.0.5:80/health',
};
const PATH_LIMIT = 1024;
const HTTP_PORT = 80;

interface Refusal {
  readonly code: 'CF_WITNESS_KIND' | 'CF_WITNESS_FORM' | 'CF_WITNESS_NAME';
  readonly text: string;
  readonly hint: string;
}

const form = (text: string, hint: string): Refusal => ({ code: 'CF_WITNESS_FORM', text, hint });

function canonical(text: string): { readonly address: string } | Refusal {
  const number = parseIpv4(text);
  if (number !== undefined) {
    const isMachine = number >= 0x01000000 && number < 0xe0000000;
    if (isMachine) return { address: formatIpv4(number) };
    return form(`${text} is no address of another machine`, 'write the address of a third host');
  }
  if (text.includes(':')) {
    const read = ipv6Address(text);
    if (!('address' in read))
      return form(`${text} ${read.why}`, 'write a global address, such as 2001:db8::5');
    if (read.address !== '::1') return read;
    return form(`${text} is no address of another machine`, 'write the address of a third host');
  }
  if (!/^[\w.-]+$/.test(text)) return form(`'${text}' is no address`, 'write an IPv4 or IPv6 address');
  const hint = 'write its address: who is cut off cannot ask the name service';
  return { code: 'CF_WITNESS_NAME', text: `a witness needs an address, not the name '${text}'`, hint };
}

/** Address and port of `10.0.0.5:22` or `[2001:db8::5]:22`; the port may be absent only where there is a default. */
function endpoint(
  text: string,
  example: string,
  defaultPort?: number,
): { readonly address: string; readonly port: number } | Refusal {
  const bracketed = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(text);
  const [, host, digits] = bracketed ?? /^([^:]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (host === undefined || host === '') {
    const why = text.split(':').length > 2 ? 'needs brackets around its IPv6 address' : 'is no host and port';
    return form(`'${text}' ${why}`, `write it as in ${example}, or [2001:db8::5]:22`);
  }
  const port = digits === undefined ? defaultPort : Number(digits);
  if (port === undefined || port < 1 || port > 65535) {
    return form(`'${text}' has no port from 1 to 65535`, `write it as in ${example}`);
  }
  const read = canonical(host);
  return 'address' in read ? { address: read.address, port } : read;
}

function readHttp(name: string, text: string): WitnessTarget | Refusal {
  if (/^https:/i.test(text)) {
    return form('a witness is asked by plain http', 'https would prove nothing more: write http:// or tcp');
  }
  const [, host = '', path = ''] = /^http:\/\/([^/?#]*)([/?][^#]*)?$/i.exec(text) ?? [];
  if (host === '' || host.includes('@') || path.length > PATH_LIMIT || !/^[\x21-\x7e]*$/.test(path)) {
    return form(`'${text}' is no URL that a witness can have`, `write it as in ${EXAMPLES.http}`);
  }
  const read = endpoint(host, EXAMPLES.http, HTTP_PORT);
  if (!('address' in read)) return read;
  return { kind: 'http', name, ...read, path: path.startsWith('/') ? path : `/${path}` };
}

/** Reads one witness, such as `tcp 10.0.0.5:22`, or says why it is none. */
export function readWitness(phrase: string): WitnessTarget | Refusal {
  const words = phrase.split(/[ \t]+/).filter((word) => word !== '');
  const name = words.join(' ');
  const [first = '', target, extra] = words;
  const kind = KINDS.find((one) => one === first);
  if (kind === undefined) {
    const nearest = nearestWord(first, KINDS);
    const hint = `${nearest ? `did you mean ${nearest}? ` : ''}Known are ${KINDS.join(', ')}`;
    return { code: 'CF_WITNESS_KIND', text: `'${first}' is no kind of witness`, hint };
  }
  if (target === undefined || extra !== undefined) {
    const text = target === undefined ? `${kind} needs a target` : `'${extra}' is one word too many`;
    return form(text, `write it as in ${EXAMPLES[kind]}; commas part several witnesses`);
  }
  if (kind === 'http') return readHttp(name, target);
  if (kind === 'tcp') {
    const read = endpoint(target, EXAMPLES.tcp);
    return 'address' in read ? { kind, name, ...read } : read;
  }
  const read = canonical(target);
  return 'address' in read ? { kind, name, address: read.address } : read;
}
