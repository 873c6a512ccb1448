/** Values as ipvsadm spells them, in its saved text and in its listings. */

/** `10.0.0.9:80` or `[2001:db8::9]:80`; undefined for anything else. */
export function readEndpoint(text: string): { readonly address: string; readonly port: number } | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(text);
  const address = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return address === undefined || port > 65_535 ? undefined : { address, port };
}

/** A firewall mark; ipvsadm prints those from 2^31 on as negative numbers. */
export function readMark(text: string): number | undefined {
  return /^-?[0-9]{1,10}$/.test(text) ? Number(text) >>> 0 : undefined;
}
