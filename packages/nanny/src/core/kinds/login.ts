/** Whom a check logs in as. The password comes from a file of mode 600, never from lvs.cf. */
export interface Login {
  readonly user: string;
  readonly password: string;
}
