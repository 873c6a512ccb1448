const PAIRS = /^[0-9a-fA-F]{2}(?::?[0-9a-fA-F]{2}){5}$/;

/** The Ethernet address that every station of a network takes. */
export const BROADCAST_MAC = 'ff:ff:ff:ff:ff:ff';

/** Reads a MAC address of 12 hexadecimal digits, colons optional; gives lower case with colons, or undefined. */
export function parseMac(text: string): string | undefined {
  if (!PAIRS.test(text)) return undefined;
  return text.replaceAll(':', '').toLowerCase().match(/../g)?.join(':');
}

/** The 6 bytes of a MAC address; throws for anything that `parseMac` would refuse. */
export function macBytes(mac: string): Buffer {
  const canonical = parseMac(mac);
  if (canonical === undefined) throw new Error(`no MAC address: ${mac}`);
  return Buffer.from(canonical.replaceAll(':', ''), 'hex');
}

/** Lower case with colons. */
export function formatMac(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
