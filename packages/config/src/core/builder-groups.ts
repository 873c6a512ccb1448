import type { VipGroupConfig } from '../group-model.js';
import type { LvsConfiguration } from '../model.js';
import type { ParsedFile } from './parsed.js';
import { Values } from './values.js';

/** The vip_group blocks; nothing where there is none. */
export function buildGroups({ blocks }: ParsedFile): Pick<LvsConfiguration, 'vipGroups'> {
  const groups = blocks
    .filter(({ level }) => level === 'vip_group')
    .map((block): VipGroupConfig => {
      const values = new Values('vip_group', block);
      return {
        name: block.name,
        line: block.lineIndex + 1,
        virtuals: values.every('virtual'),
        preferred: values.choice('preferred', ['primary', 'backup'], 'primary'),
        natRouter: values.deviceAddress('nat_router'),
      };
    });
  return groups.length === 0 ? {} : { vipGroups: groups };
}
