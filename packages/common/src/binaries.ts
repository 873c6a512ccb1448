import { fileURLToPath } from 'node:url';

const PACKAGE_OF = {
  pulse: 'pulse',
  'pulse-worker': 'pulse',
  lvsd: 'lvs',
  nanny: 'nanny',
  ipvsu: 'userspace-director',
  lvsctl: 'cli',
  send_arp: 'send-arp',
  'lvs-realserver': 'real-server',
  'piranha-mail': 'notify',
} as const;

/** Names of the suite's own programs. */
export type BinaryName = keyof typeof PACKAGE_OF;

/** Absolute path of a program of the suite, beside the package that asks. Run it with `process.execPath`. */
export function binaryPath(name: BinaryName): string {
  return fileURLToPath(new URL(`../../${PACKAGE_OF[name]}/bin/${name}.js`, import.meta.url));
}
