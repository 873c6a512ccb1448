import { describe, expect, it } from 'vitest';
import {
  findClusterManagers,
  findIncumbents,
  isChangingTable,
  type RunningProcess,
} from '../../src/core/incumbents.js';

function process(pid: number, program: string, more: Partial<RunningProcess> = {}): RunningProcess {
  const name = program.slice(program.lastIndexOf('/') + 1);
  return { pid, parentPid: 1, name, program, words: [program], startTicks: pid, isStopped: false, ...more };
}

describe('findIncumbents', () => {
  it('knows each product by its program, also one that an update has replaced', () => {
    const found = findIncumbents([
      process(10, '/usr/sbin/keepalived'),
      process(11, '/usr/sbin/keepalived (deleted)', { parentPid: 10 }),
      process(20, '/usr/bin/perl', { words: ['/usr/bin/perl', '-w', '/usr/sbin/ldirectord', 'start'] }),
      process(21, '/usr/bin/perl5.36', { name: 'ldirectord', words: ['ldirectord tcp:10.0.0.1:80'] }),
      process(30, '/usr/sbin/pulse'),
      process(31, '/usr/sbin/lvsd'),
      process(32, '/usr/sbin/nanny'),
      process(40, '/usr/bin/perl', { words: ['perl', 'other.pl'] }),
      process(41, '/bin/bash', { words: ['bash', '/usr/sbin/ldirectord'] }),
    ]);
    expect(found.map(({ kind, processes }) => [kind, processes.map(({ pid }) => pid)])).toEqual([
      ['keepalived', [10, 11]],
      ['ldirectord', [20, 21]],
      ['piranha', [30, 31, 32]],
    ]);
  });

  it("does not take Piranha's own daemons, which Node runs, for the original's", () => {
    expect(
      findIncumbents([
        process(10, '/usr/bin/node', { name: 'pulse', words: ['pulse', '/opt/pulse.js'] }),
        process(11, '/usr/bin/node', { name: 'lvsd' }),
        process(12, '', { program: undefined, name: 'kthreadd' }),
      ]),
    ).toEqual([]);
  });
});

describe('findClusterManagers', () => {
  it('finds what may hold the addresses', () => {
    const found = findClusterManagers([process(5, '/usr/sbin/pacemakerd'), process(6, '/usr/sbin/sshd')]);
    expect(found.map(({ pid }) => pid)).toEqual([5]);
  });
});

describe('isChangingTable', () => {
  const keepalived = process(10, '/usr/sbin/keepalived');
  const shell = process(11, '/bin/sh', { parentPid: 10 });
  const incumbent = { kind: 'keepalived' as const, processes: [keepalived] };

  it('sees an ipvsadm of the product, however it was started', () => {
    const ipvsadm = process(12, '/sbin/ipvsadm', { parentPid: 11 });
    expect(isChangingTable(incumbent, [keepalived, ipvsadm, shell])).toBe(true);
  });

  it("is not concerned with anybody else's", () => {
    const ipvsadm = process(12, '/sbin/ipvsadm', { parentPid: 1 });
    expect(isChangingTable(incumbent, [keepalived, shell, ipvsadm])).toBe(false);
  });
});
