import type { DeviceAddress, LvsConfiguration } from '../model.js';

/** Name of the group of all virtual servers that are in no vip_group block, on the wire and for operators. */
export const MAIN_GROUP = 'main';

/** Most vip_group blocks of a file: a beat tells of each, and has to fit in one datagram. */
export const MOST_GROUPS = 8;

/** Longest name of a group, characters. */
export const GROUP_NAME_LENGTH = 32;

/** A group by its name, main first. */
export interface GroupOfFile {
  readonly name: string;
  readonly preferred: 'primary' | 'backup';
}

/** The groups of a file: main, and one for each vip_group block. */
export function groupsOf({ vipGroups = [] }: Pick<LvsConfiguration, 'vipGroups'>): readonly GroupOfFile[] {
  const named = vipGroups.map(({ name, preferred }) => ({ name, preferred }));
  return [{ name: MAIN_GROUP, preferred: 'primary' }, ...named];
}

/** The configuration as far as it concerns one group: its virtual servers and its NAT router alone. */
export function partOfGroup(configuration: LvsConfiguration, name: string): LvsConfiguration {
  const { vipGroups, ...whole } = configuration;
  if (vipGroups === undefined) return configuration;
  const { virtualServers } = whole;
  const named = vipGroups.find((group) => group.name === name);
  if (named !== undefined) {
    const members = virtualServers.filter((virtual) => named.virtuals.includes(virtual.name));
    return { ...whole, virtualServers: members, natRouter: named.natRouter };
  }
  const taken = new Set(vipGroups.flatMap(({ virtuals }) => virtuals));
  return { ...whole, virtualServers: virtualServers.filter((virtual) => !taken.has(virtual.name)) };
}

/** The NAT router outside all blocks, and those of groups. */
export function natRoutersOf({
  natRouter,
  vipGroups = [],
}: Pick<LvsConfiguration, 'natRouter' | 'vipGroups'>): readonly DeviceAddress[] {
  return [natRouter, ...vipGroups.map((group) => group.natRouter)].filter((one) => one !== undefined);
}
