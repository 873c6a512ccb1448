import { parseIpv4 } from '@piranha/common';
import { describe, expect, it } from 'vitest';
import { PersistenceTable, parsePersistenceMask } from '../../src/core/persistence.js';

const ALL_ONES = 0xffff_ffff;
const MASK_24 = 0xffff_ff00;
const always = () => true;

function address(text: string): number {
  return parseIpv4(text) ?? 0;
}

describe('parsePersistenceMask', () => {
  it.each([
    [undefined, ALL_ONES],
    ['255.255.255.0', MASK_24],
    ['24', MASK_24],
    ['32', ALL_ONES],
    ['0', undefined],
    ['33', undefined],
    ['mask', undefined],
  ])('%s is %s', (text, mask) => {
    expect(parsePersistenceMask(text)).toBe(mask);
  });
});

describe('PersistenceTable', () => {
  it('keeps a client at its server until the timeout after its last connection', () => {
    const table = new PersistenceTable<string>(10);
    const template = table.bind(1, ALL_ONES, 'a');
    table.use(template, 0, 1000);
    table.release(template);
    expect(table.find(1, ALL_ONES, 999, always)?.server).toBe('a');
    table.use(template, 999, 1000);
    table.release(template);
    expect(table.find(1, ALL_ONES, 1998, always)?.server).toBe('a');
    expect(table.find(1, ALL_ONES, 1999, always)).toBeUndefined();
  });

  it('lives on while a connection made through it lives', () => {
    const table = new PersistenceTable<string>(10);
    const template = table.bind(1, ALL_ONES, 'a');
    table.use(template, 0, 1000);
    table.sweep(50_000);
    expect(table.find(1, ALL_ONES, 50_000, always)).toBe(template);
    table.release(template);
    table.sweep(50_000);
    expect(table.size).toBe(0);
  });

  it('groups clients by the mask', () => {
    const table = new PersistenceTable<string>(10);
    table.use(table.bind(address('10.0.0.1'), MASK_24, 'a'), 0, 1000);
    expect(table.find(address('10.0.0.200'), MASK_24, 1, always)?.server).toBe('a');
    expect(table.find(address('10.0.1.1'), MASK_24, 1, always)).toBeUndefined();
  });

  it('drops a template whose server is not usable any more', () => {
    const table = new PersistenceTable<string>(10);
    table.use(table.bind(1, ALL_ONES, 'a'), 0, 1000);
    expect(table.find(1, ALL_ONES, 1, (server) => server !== 'a')).toBeUndefined();
    expect(table.size).toBe(0);
  });

  it('is bounded: the one used longest ago goes first', () => {
    const table = new PersistenceTable<string>(2);
    const first = table.bind(1, ALL_ONES, 'a');
    table.use(first, 0, 1000);
    table.use(table.bind(2, ALL_ONES, 'b'), 1, 1000);
    table.use(first, 2, 1000);
    table.use(table.bind(3, ALL_ONES, 'c'), 3, 1000);
    expect(table.find(1, ALL_ONES, 4, always)?.server).toBe('a');
    expect(table.find(2, ALL_ONES, 4, always)).toBeUndefined();
  });

  it('counts and forgets by server', () => {
    const table = new PersistenceTable<string>(10);
    table.bind(1, ALL_ONES, 'a');
    table.bind(2, ALL_ONES, 'a');
    table.bind(3, ALL_ONES, 'b');
    expect([...table.countByServer()]).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    table.forgetServer('a');
    expect([...table.countByServer()]).toEqual([['b', 1]]);
  });
});
