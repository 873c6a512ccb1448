import { ALL_CHECK_WORDS } from './check-kinds/registry.js';
import { directorDirectives } from './schema-directors.js';
import { globalDirectives } from './schema-global.js';
import { groupDirectives } from './schema-groups.js';
import { pathDirectives } from './schema-paths.js';
import { serverDirectives } from './schema-server.js';
import type { DirectiveSpec, Level } from './schema-types.js';
import { virtualDirectives } from './schema-virtual.js';

/**
 * THE table of directives, in the order of a formatted file: parser, validator, printer and manual page read it.
 * A name may stand twice, once for each level with a meaning of its own.
 */
export const SCHEMA: readonly DirectiveSpec[] = [
  ...globalDirectives,
  ...directorDirectives,
  ...pathDirectives,
  ...virtualDirectives,
  ...serverDirectives,
  ...groupDirectives,
];

function tableOf(level: Level): ReadonlyMap<string, DirectiveSpec> {
  return new Map(SCHEMA.filter((spec) => spec.levels.includes(level)).map((spec) => [spec.name, spec]));
}

const TABLES: Readonly<Record<Level, ReadonlyMap<string, DirectiveSpec>>> = {
  global: tableOf('global'),
  virtual: tableOf('virtual'),
  server: tableOf('server'),
  failover: tableOf('failover'),
  vip_group: tableOf('vip_group'),
  director: tableOf('director'),
  heartbeat_path: tableOf('heartbeat_path'),
  check: new Map(ALL_CHECK_WORDS.map((spec) => [spec.name, spec])),
};

/** The directives that may stand at a level, by name; for `check` those of every kind. */
export function directivesAt(level: Level): ReadonlyMap<string, DirectiveSpec> {
  return TABLES[level];
}

/** The levels at which a name is known. */
export function levelsOf(name: string): Level[] {
  return (Object.keys(TABLES) as Level[]).filter((level) => TABLES[level].has(name));
}

/** The block headers that may stand at a level. */
export function blocksAt(level: Level): readonly Level[] {
  if (level === 'global') return ['virtual', 'failover', 'director', 'heartbeat_path', 'vip_group'];
  if (level === 'virtual') return ['server', 'check'];
  if (level === 'failover') return ['server'];
  return level === 'server' ? ['check'] : [];
}
