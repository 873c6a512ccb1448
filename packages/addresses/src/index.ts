export type { HeldAddress } from './core/held-address.js';
export { type VirtualAddress, virtualAddressesOf } from './core/virtual-addresses.js';
export { readHeldFile, writeHeldFile } from './shell/held-file.js';
