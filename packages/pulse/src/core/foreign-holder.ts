/** A neighbour, as far as it is needed to tell who it is. */
interface KnownNeighbour {
  readonly address: string;
  readonly mac: string;
  readonly interface: string;
}

/** Somebody who was heard to hold one of our addresses. */
export interface HeardHolder {
  readonly mac: string;
  /** Interface on which it was heard. */
  readonly interface: string;
}

/**
 * True when the holder is surely not the partner: the partner's own address is known on the same interface, with
 * another MAC. Without that knowledge nobody is blamed.
 */
export function isForeignHolder(
  holder: HeardHolder,
  partnerAddresses: readonly string[],
  neighbours: readonly KnownNeighbour[],
): boolean {
  const partner = neighbours.filter(
    (one) => one.interface === holder.interface && partnerAddresses.includes(one.address),
  );
  return partner.length > 0 && partner.every(({ mac }) => mac !== holder.mac);
}

/** The same beside several directors: whose addresses are not all known may be the holder. @param directors each one's addresses */
export function isForeignToAll(
  holder: HeardHolder,
  directors: readonly (readonly string[])[],
  neighbours: readonly KnownNeighbour[],
): boolean {
  return (
    directors.length > 0 && directors.every((addresses) => isForeignHolder(holder, addresses, neighbours))
  );
}
