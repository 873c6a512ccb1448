/** Where a directive may stand. */
export type Level =
  | 'global'
  | 'virtual'
  | 'server'
  | 'failover'
  | 'director'
  | 'heartbeat_path'
  | 'check'
  | 'vip_group';

type ValueType =
  | 'integer'
  /** Decimal number, fractions allowed. */
  | 'seconds'
  /** 0 or 1. */
  | 'boolean'
  /** Integer; anything but 0 is on. */
  | 'switch'
  /** Integer or a TCP service name. */
  | 'port'
  /** Address, IPv4 in a form of inet_aton, or a host name. */
  | 'host'
  /** Address only. */
  | 'address'
  /** Address and device. */
  | 'device-address'
  /** Address and director. */
  | 'director-address'
  | 'mask'
  /** A mask whose bad text is ignored, or the prefix length of an IPv6 mask. */
  | 'lenient-mask'
  | 'text'
  | 'keyword'
  /** `[ a b ]`. */
  | 'list'
  /** Keywords up to the end of the line, each one of the choices. */
  | 'keywords'
  /** Witnesses up to the end of the line, parted by commas. */
  | 'witnesses';

/** One row of the table of directives. */
export interface DirectiveSpec {
  readonly name: string;
  readonly levels: readonly Level[];
  readonly type: ValueType;
  readonly unit?: 'seconds' | 'connections' | 'years';
  /** Inclusive bounds of a number, in the unit of the file. */
  readonly range?: readonly [minimum: number, maximum: number];
  readonly choices?: readonly string[];
  /** Takes IPv6 addresses beside IPv4. */
  readonly ipv6?: true;
  /** What holds where the directive is absent, in the unit of the file; undefined = none. */
  readonly default: number | string | boolean | undefined;
  /** First version that knows it, of the original unless "ours" is said. */
  readonly since: string;
  readonly help: string;
  /** live: used; dead: no daemon of the original used it either; fos: only for `service = fos`. */
  readonly use: 'live' | 'dead' | 'fos';
  /** True where apostrophes around a value are part of it, as the original's nanny got them. */
  readonly keepsApostrophes?: true;
  /** Values of an unused directive that old tools write into every file: no warning about them. */
  readonly harmless?: readonly string[];
  /** May stand more than once in a block; every one counts. */
  readonly repeats?: true;
}
