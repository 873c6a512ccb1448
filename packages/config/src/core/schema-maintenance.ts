import type { DirectiveSpec } from './schema-types.js';

/** Directives that stand outside all blocks: real servers that operators take out of service. */
export const maintenanceDirectives: readonly DirectiveSpec[] = [
  {
    name: 'maintenance_dir',
    levels: ['global'],
    type: 'text',
    default: undefined,
    since: 'ours 0.1',
    use: 'live',
    help: 'Directory, by absolute path, whose files take real servers out of service: the name of a file is the name of a server, its host name or its address, each with or without :PORT. An empty file drains; `disable` in its first line takes the server out at once. When the file is removed the server comes back. See docs/maintenance.md.',
  },
];
