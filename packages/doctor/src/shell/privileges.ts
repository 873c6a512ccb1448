import { readFileSync } from 'node:fs';

/** Capabilities that a director needs, by their bits. */
const CAPABILITIES = { CAP_NET_ADMIN: 12n, CAP_NET_RAW: 13n } as const;

/** What this process lacks of what a director needs: `root`, or capabilities that a container took from it. */
export function missingPrivileges(): readonly string[] {
  if (process.getuid?.() !== 0) return ['root'];
  const [, digits] = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  if (digits === undefined) return [];
  const effective = BigInt(`0x${digits}`);
  return Object.entries(CAPABILITIES).flatMap(([name, bit]) => ((effective >> bit) & 1n ? [] : [name]));
}
