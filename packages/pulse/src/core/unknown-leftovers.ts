import type { InterfaceAddress, NetworkLink } from '@piranha/net';

const LISTED = 10;
const LOOPBACK_HARDWARE = 772;

/**
 * What to tell when the record of our addresses is lost: the single addresses outside of loopback may be ours. Only a
 * person can know.
 */
export function unknownLeftovers(
  links: readonly NetworkLink[],
  addresses: readonly InterfaceAddress[],
): string {
  const found = addresses.flatMap((present) => {
    const link = links.find(({ index }) => index === present.index);
    const isSingle = present.prefixLength === (present.family === 4 ? 32 : 128);
    if (!isSingle || link === undefined || link.hardwareType === LOOPBACK_HARDWARE) return [];
    return [`${present.address} on ${link.name}`];
  });
  if (found.length === 0) return 'no address looks like one of ours';
  const more = found.length > LISTED ? ` and ${found.length - LISTED} more` : '';
  return `these may be ours and stay: ${found.slice(0, LISTED).join(', ')}${more}`;
}
