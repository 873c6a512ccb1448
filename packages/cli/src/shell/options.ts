/** Options that every command takes. */
export interface CommonOptions {
  readonly json?: true;
  readonly runDir: string;
}

/** The longest file that is read, bytes; as the daemons' own limit. */
export const FILE_LIMIT_BYTES = 4 * 1024 * 1024;
