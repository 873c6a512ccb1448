/** An address that we recorded as added by us. Nothing else is ever removed. */
export interface HeldAddress {
  readonly address: string;
  readonly prefixLength: 32 | 128;
  readonly interface: string;
}
