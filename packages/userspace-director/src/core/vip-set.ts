import { formatIpv4, parseIpv4, UserError } from '@piranha/common';

/** Most addresses in one request. */
const ADDRESS_LIMIT = 4_096;

function badAddresses(reason: string): UserError {
  return new UserError(`addresses: ${reason}`, { code: 'CONTROL_BAD_PARAMS' });
}

/** One spelling for each IPv4 address; the text itself where it is none. */
export function canonicalAddress(text: string): string {
  const address = parseIpv4(text);
  return address === undefined ? text : formatIpv4(address);
}

/**
 * Reads the parameters of `vip.hold` and `vip.release`: IPv4 addresses in one spelling.
 * @throws UserError `CONTROL_BAD_PARAMS`
 */
export function readVipRequest(params: unknown): string[] {
  const addresses = (params as { addresses?: unknown } | null | undefined)?.addresses;
  if (!Array.isArray(addresses) || addresses.length > ADDRESS_LIMIT) {
    throw badAddresses('list of bounded length expected');
  }
  return addresses.map((address: unknown) => {
    if (typeof address !== 'string' || parseIpv4(address) === undefined) {
      throw badAddresses('IPv4 addresses expected');
    }
    return canonicalAddress(address);
  });
}
