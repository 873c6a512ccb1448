import type { DnsCheckSpec, DnsRecordType } from '../../check-model-protocols.js';
import { type CheckKind, checkWord } from './kind.js';

const TYPES: readonly DnsRecordType[] = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'];
const TRANSPORTS: readonly DnsCheckSpec['transport'][] = ['udp', 'tcp'];
const LABEL = /^[!-~]{1,63}$/;
const NAME_LIMIT = 253;

function isDnsName(text: string): boolean {
  if (text === '.') return true;
  const name = text.replace(/\.$/, '');
  return name.length <= NAME_LIMIT && name.split('.').every((label) => LABEL.test(label));
}

/** A name server. */
export const dnsKind: CheckKind<DnsCheckSpec> = {
  kind: 'dns',
  help: 'Passes when a question is answered without an error and with a record of the type asked for; with `answer` when that record is among them.',
  words: [
    checkWord({ name: 'name', type: 'text', default: '.', help: 'The name to ask for.' }),
    checkWord({
      name: 'type',
      type: 'keyword',
      choices: TYPES,
      default: 'SOA',
      help: 'The type of record to ask for.',
    }),
    checkWord({
      name: 'answer',
      type: 'text',
      help: 'A record that must be among the answers: an address, a name, `10 mail.example.org` (MX), `1 2 80 www.example.org` (SRV), the text (TXT), the primary server (SOA).',
    }),
    checkWord({
      name: 'transport',
      type: 'keyword',
      choices: TRANSPORTS,
      default: 'udp',
      help: 'udp: over UDP, and over TCP where the answer does not fit; tcp: over TCP at once.',
    }),
  ],
  usesPort: true,
  build: (values, base) => ({
    kind: 'dns',
    ...base,
    queryName: values.text('name') ?? '.',
    queryType: values.choice('type', TYPES, 'SOA'),
    answer: values.text('answer'),
    transport: values.choice('transport', TRANSPORTS, 'udp'),
  }),
  problems: ({ queryName }, tell) => {
    if (isDnsName(queryName)) return;
    const hint = 'write a name such as www.example.org, or . for the root';
    tell('error', 'name', 'CF_CHECK_DNS_NAME', 'name is no domain name', hint);
  },
};
