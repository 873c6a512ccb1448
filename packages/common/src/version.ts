/** Version of the suite; all packages share it. */
export const SUITE_VERSION = '0.1.0';
