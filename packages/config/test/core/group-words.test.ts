import { describe, expect, it } from 'vitest';
import { groupsOf, natRoutersOf, partOfGroup } from '../../src/core/groups.js';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';
import { configurationOf, PAIR } from '../samples.js';

const KEY = 'heartbeat_key = /etc/beat.keys\n';

function service(name: string, address: string): string {
  return `virtual ${name} {
  active = 1
  address = ${address} eth0:1
  forward = direct
  server a {
    address = 10.0.0.11
    active = 1
  }
}
`;
}

const SERVICES = [
  service('web', '192.0.2.100'),
  service('mail', '192.0.2.101'),
  service('shop', '192.0.2.102'),
].join('');

function fileWith(groups: string, global = KEY): string {
  return `${PAIR}${global}${SERVICES}${groups}`;
}

/** Each finding about groups, with the text of its line. */
function findingsOf(text: string): string[] {
  const lines = text.split('\n');
  return parseLvsCf(text).diagnostics.flatMap(({ code, line, severity }) =>
    code.startsWith('CF_GROUP') ? [`${severity} ${code}: ${lines[line - 1]?.trim()}`] : [],
  );
}

describe('vip_group blocks', () => {
  it('part the virtual servers; those in no block are the main group, which the primary prefers', () => {
    const text = fileWith('vip_group post {\n  virtual = mail\n  virtual = shop\n  preferred = backup\n}\n');
    expect(findingsOf(text)).toEqual([]);
    const configuration = configurationOf(text);
    expect(groupsOf(configuration)).toEqual([
      { name: 'main', preferred: 'primary' },
      { name: 'post', preferred: 'backup' },
    ]);
    const namesIn = (group: string) =>
      partOfGroup(configuration, group).virtualServers.map(({ name }) => name);
    expect(namesIn('main')).toEqual(['web']);
    expect(namesIn('post')).toEqual(['mail', 'shop']);
  });

  it('are nothing where there is none', () => {
    const configuration = configurationOf(fileWith(''));
    expect(configuration).not.toHaveProperty('vipGroups');
    expect(partOfGroup(configuration, 'main')).toBe(configuration);
    expect(groupsOf(configuration).map(({ name }) => name)).toEqual(['main']);
  });

  it('have a NAT router each, beside that of the main group', () => {
    const nat = `nat_router = 10.0.0.1 eth1:1\n${KEY}`;
    const text = fileWith('vip_group post {\n  virtual = mail\n  nat_router = 10.0.0.2 eth1:2\n}\n', nat);
    const configuration = configurationOf(text.replaceAll('forward = direct', 'forward = nat'));
    expect(natRoutersOf(configuration).map(({ address }) => address)).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(partOfGroup(configuration, 'post').natRouter?.address).toBe('10.0.0.2');
    expect(partOfGroup(configuration, 'main').natRouter?.address).toBe('10.0.0.1');
  });

  it.each([
    [
      'a member that is nowhere',
      'vip_group g {\n  virtual = wbe\n}\n',
      'CF_GROUP_MEMBER_UNKNOWN: virtual = wbe',
    ],
    [
      'a member in two blocks',
      'vip_group g {\n  virtual = web\n}\nvip_group h {\n  virtual = mail\n  virtual =  web\n}\n',
      'CF_GROUP_MEMBER_TWICE: virtual =  web',
    ],
    ['a block without members', 'vip_group g {\n}\n', 'CF_GROUP_EMPTY: vip_group g {'],
    [
      'the name of the main group',
      'vip_group main {\n  virtual = web\n}\n',
      'CF_GROUP_NAME: vip_group main {',
    ],
    ['a name with blanks', 'vip_group "a b" {\n  virtual = web\n}\n', 'CF_GROUP_NAME: vip_group "a b" {'],
    [
      'a name that is too long',
      `vip_group ${'x'.repeat(33)} {\n  virtual = web\n}\n`,
      `CF_GROUP_NAME: vip_group ${'x'.repeat(33)} {`,
    ],
    [
      'one name twice',
      'vip_group g {\n  virtual = web\n}\nvip_group  g {\n  virtual = mail\n}\n',
      'CF_GROUP_NAME: vip_group  g {',
    ],
  ])('are refused with %s', (_, groups, finding) => {
    expect(findingsOf(fileWith(groups))).toContain(`error ${finding}`);
  });

  it('are refused where one address would move with two of them', () => {
    const shared = fileWith('vip_group g {\n  virtual = mail\n}\n').replace('192.0.2.101', '192.0.2.100');
    expect(findingsOf(shared)).toEqual(['error CF_GROUP_SHARED_ADDRESS: address = 192.0.2.100 eth0:1']);
    const router = fileWith('vip_group g {\n  virtual = mail\n  nat_router = 192.0.2.100 eth1\n}\n');
    expect(findingsOf(router)).toContain('error CF_GROUP_SHARED_ADDRESS: nat_router = 192.0.2.100 eth1');
  });

  it('are refused beyond the eighth', () => {
    const groups = Array.from({ length: 9 }, (_, index) => `vip_group g${index} {\n  virtual = web\n}\n`);
    expect(findingsOf(fileWith(groups.join('')))).toContain('error CF_GROUP_LIMIT: vip_group g8 {');
    expect(findingsOf(fileWith(groups.slice(1).join('')))).not.toContainEqual(
      expect.stringContaining('CF_GROUP_LIMIT'),
    );
  });

  it('are refused for a pair without a key, and not for a lone director', () => {
    const groups = 'vip_group g {\n  virtual = web\n}\n';
    expect(findingsOf(fileWith(groups, ''))).toEqual(['error CF_GROUP_NEEDS_KEY: vip_group g {']);
    const alone = fileWith(groups, '').replace('backup_active = 1', 'backup_active = 0');
    expect(findingsOf(alone)).toEqual([]);
  });

  it('are warned of where both directors would turn the other one off', () => {
    const fenced = `${KEY}fence_cmd = /bin/off\n`;
    const groups = 'vip_group g {\n  virtual = web\n  preferred = backup\n}\n';
    expect(findingsOf(fileWith(groups, fenced))).toEqual(['warning CF_GROUP_FENCE: fence_cmd = /bin/off']);
    expect(findingsOf(fileWith(groups.replace('backup', 'primary'), fenced))).toEqual([]);
  });

  it('are warned of where NAT has no way back', () => {
    const text = fileWith('vip_group g {\n  virtual = web\n}\n').replaceAll(
      'forward = direct',
      'forward = nat',
    );
    expect(findingsOf(text)).toEqual(['warning CF_GROUP_NO_ROUTER: vip_group g {']);
  });
});
