import type { VipGroupConfig } from '../group-model.js';
import { printable } from './diagnostics.js';
import { GROUP_NAME_LENGTH, groupsOf, MAIN_GROUP, MOST_GROUPS, partOfGroup } from './groups.js';
import { type ParsedBlock, type Statement, statementOf } from './parsed.js';
import { headerPlace, placeIn, type RuleInput, valuePlace } from './rules.js';
import { nearestWord } from './suggest.js';

/** A group beside the block it came from. */
interface GroupView {
  readonly group: VipGroupConfig;
  readonly block: ParsedBlock;
  readonly members: readonly Statement[];
}

const GROUP_NAME = new RegExp(`^[A-Za-z0-9._-]{1,${GROUP_NAME_LENGTH}}$`);

function viewsOf({ configuration, parsed }: RuleInput): readonly GroupView[] {
  const blocks = parsed.blocks.filter(({ level }) => level === 'vip_group');
  return (configuration.vipGroups ?? []).flatMap((group, index) => {
    const block = blocks[index];
    if (block === undefined) return [];
    return [{ group, block, members: block.statements.filter(({ spec }) => spec.name === 'virtual') }];
  });
}

function nameRules({ findings }: RuleInput, views: readonly GroupView[]): void {
  const lineOf = new Map<string, number>();
  for (const { group, block } of views) {
    const { name, line } = group;
    const place = headerPlace(block);
    const shown = printable(name);
    const earlier = lineOf.get(name);
    lineOf.set(name, earlier ?? line);
    if (name === MAIN_GROUP) {
      const text = `${MAIN_GROUP} is the group of all virtual servers that are in no vip_group block`;
      findings.error('CF_GROUP_NAME', place, text, 'give it another name, or leave its virtual servers out');
    } else if (!GROUP_NAME.test(name)) {
      const text = `'${shown}' cannot be the name of a group`;
      const hint = `1 to ${GROUP_NAME_LENGTH} letters, digits, dots, hyphens and underscores`;
      findings.error('CF_GROUP_NAME', place, text, hint);
    } else if (earlier !== undefined) {
      const text = `there is a vip_group '${shown}' in line ${earlier} already`;
      findings.error('CF_GROUP_NAME', place, text, 'put all members into one block');
    }
  }
  const surplus = views[MOST_GROUPS];
  if (surplus === undefined) return;
  const text = `more than ${MOST_GROUPS} vip_group blocks: the heartbeats that tell of them would not fit into a packet`;
  findings.error('CF_GROUP_LIMIT', headerPlace(surplus.block), text, 'join groups');
}

function memberRules({ configuration, findings }: RuleInput, views: readonly GroupView[]): void {
  const names = new Set(configuration.virtualServers.map(({ name }) => name));
  const lineOf = new Map<string, number>();
  for (const { block, members } of views) {
    if (members.length === 0) {
      const text = `vip_group '${printable(block.name)}' has no member`;
      findings.error('CF_GROUP_EMPTY', headerPlace(block), text, 'write virtual = NAME, or delete the block');
    }
    for (const member of members) {
      if (typeof member.value !== 'string') continue;
      const shown = printable(member.value);
      const earlier = lineOf.get(member.value);
      if (!names.has(member.value)) {
        const meant = nearestWord(member.value, names);
        const hint = meant === undefined ? 'the name is the one behind virtual' : `did you mean ${meant}?`;
        findings.error('CF_GROUP_MEMBER_UNKNOWN', valuePlace(member), `there is no virtual '${shown}'`, hint);
      } else if (earlier !== undefined) {
        const text = `virtual '${shown}' is in a group already, by line ${earlier}`;
        findings.error('CF_GROUP_MEMBER_TWICE', valuePlace(member), text, 'delete one of the lines');
      } else lineOf.set(member.value, member.lineIndex + 1);
    }
  }
}

/** Where each address that moves is written, group by group; a group is one only where it has its addresses for itself. */
function addressRules(input: RuleInput, views: readonly GroupView[]): void {
  const { configuration, findings } = input;
  const ownerOf = new Map<string, string>();
  const claim = (address: string | undefined, group: string, place: () => ReturnType<typeof headerPlace>) => {
    if (address === undefined) return;
    const owner = ownerOf.get(address) ?? group;
    ownerOf.set(address, owner);
    if (owner === group) return;
    const text = `${address} would be in the groups ${printable(owner)} and ${printable(group)}: an address moves with one`;
    const hint = `put its virtual servers into one group; ${MAIN_GROUP} has those in no block`;
    findings.error('CF_GROUP_SHARED_ADDRESS', place(), text, hint);
  };
  for (const { name } of groupsOf(configuration)) {
    const part = partOfGroup(configuration, name);
    const view = views.find(({ group }) => group.name === name);
    for (const virtual of part.virtualServers) {
      if (!virtual.active) continue;
      const block = input.virtuals.find((one) => one.virtual === virtual)?.block;
      if (block !== undefined) claim(virtual.address?.address, name, () => placeIn(block, 'address'));
    }
    if (view === undefined) claim(part.natRouter?.address, name, () => ({ lineIndex: 0, byteIndex: 0 }));
    else claim(part.natRouter?.address, name, () => placeIn(view.block, 'nat_router'));
  }
}

function routerRules({ configuration, findings }: RuleInput, views: readonly GroupView[]): void {
  for (const { group, block } of views) {
    const { virtualServers } = partOfGroup(configuration, group.name);
    const nat = virtualServers.some(
      ({ active, servers }) => active && servers.some((one) => one.active && one.forwarding === 'nat'),
    );
    if (nat && group.natRouter === undefined) {
      const text = `vip_group '${printable(block.name)}' forwards by NAT without a nat_router of its own: the answers of its servers must go through the director that holds it`;
      const hint = 'write nat_router = ADDRESS DEVICE in the block, and make that the gateway of its servers';
      findings.warning('CF_GROUP_NO_ROUTER', headerPlace(block), text, hint);
    } else if (!nat && group.natRouter !== undefined) {
      const text = 'nat_router has no effect: no server of the group is forwarded to by NAT';
      findings.warning('CF_NAT_ROUTER_UNUSED', placeIn(block, 'nat_router'), text, 'delete the line');
    }
  }
}

/** Where both serve, both want to turn the other one off when they do not hear each other. */
function fenceRule({ configuration, parsed, findings }: RuleInput): void {
  const isServedByBoth = (configuration.vipGroups ?? []).some(({ preferred }) => preferred === 'backup');
  const statement = statementOf(parsed, 'fence_cmd');
  if (configuration.fence === undefined || statement === undefined || !isServedByBoth) return;
  const text =
    'both directors serve a group: when they do not hear each other, each would turn the other one off';
  const hint = 'let the program wait on one of them, for longer than turning off takes: docs/vip-groups.md';
  findings.warning('CF_GROUP_FENCE', valuePlace(statement), text, hint);
}

/** Rules about the vip_group blocks. */
export function checkGroups(input: RuleInput): void {
  const views = viewsOf(input);
  const [first] = views;
  if (first === undefined) return;
  const { configuration, findings } = input;
  nameRules(input, views);
  memberRules(input, views);
  addressRules(input, views);
  routerRules(input, views);
  fenceRule(input);
  if (!configuration.backupActive || configuration.heartbeatKey !== undefined) return;
  const text = 'vip_group needs a heartbeat_key: the 4-byte heartbeats cannot tell of more than one group';
  const hint = 'lvsctl keygen makes a key; both directors need it';
  findings.error('CF_GROUP_NEEDS_KEY', headerPlace(first.block), text, hint);
}
