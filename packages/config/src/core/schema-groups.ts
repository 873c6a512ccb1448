import type { DirectiveSpec } from './schema-types.js';

const levels = ['vip_group'] as const;

/** All directives of vip_group blocks. */
export const groupDirectives: readonly DirectiveSpec[] = [
  {
    name: 'virtual',
    levels,
    type: 'text',
    default: undefined,
    since: 'ours 0.1',
    use: 'live',
    repeats: true,
    help: 'Name of a virtual block whose address moves with this group. May be given more than once; a virtual server is in one group at most, and virtual servers with one address are in one group.',
  },
  {
    name: 'preferred',
    levels,
    type: 'keyword',
    choices: ['primary', 'backup'],
    default: 'primary',
    since: 'ours 0.1',
    use: 'live',
    help: 'The director that is to hold the group while both are well. It claims the group first when both boot, keeps it when both serve, and gets it back as `failback` says.',
  },
  {
    name: 'nat_router',
    levels,
    type: 'device-address',
    default: undefined,
    since: 'ours 0.1',
    use: 'live',
    help: "Address and device of the gateway of this group's real servers under NAT; it moves with the group. The `nat_router` outside all blocks belongs to the virtual servers in no group.",
  },
];
