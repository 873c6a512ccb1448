import { readFileSync } from 'node:fs';
import { addressBytes } from '@piranha/net';

/**
 * Whether the network namespace in which this runs has an address, on any interface. Read from the kernel's own files: a
 * program that says it costs the guest's slow processor a hundred times as much, and scenarios ask again and again.
 */
export function isLocalAddress(address: string): boolean {
  const bytes = addressBytes(address);
  if (bytes?.length === 16) {
    const digits = Buffer.from(bytes).toString('hex');
    return readFileSync('/proc/net/if_inet6', 'utf8').includes(digits);
  }
  const entry = new RegExp(`\\|-- ${address.replaceAll('.', '\\.')}\\n[^|]*/32 host LOCAL\\n`);
  return entry.test(readFileSync('/proc/net/fib_trie', 'utf8'));
}
