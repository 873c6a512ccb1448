import { describe, expect, it } from 'vitest';
import { addressesBetween, readAddress, readPort, shortRange } from '../../src/core/addresses.js';
import { expandBraces, fitsPattern } from '../../src/core/glob.js';
import { Ledger, reasonsFrom, type Statement } from '../../src/core/ledger.js';
import { importOptions } from '../../src/core/options.js';
import { commandText, programText } from '../../src/core/program.js';

function statement(line: number, words: readonly string[], children?: readonly Statement[]): Statement {
  return { file: 'f', line, column: 1, words, children };
}

describe('addresses', () => {
  it.each([
    ['010.0.0.09', '10.0.0.9'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['0.0.0.0', undefined],
    ['fe80::1', undefined],
    ['ff02::1', undefined],
    ['::ffff:1.2.3.4', undefined],
    ['10.0.0', undefined],
    ['host.test', undefined],
  ])('%s', (text, address) => {
    expect(readAddress(text)).toBe(address);
  });

  it('reads ranges of at most 256', () => {
    expect(addressesBetween('10.0.0.254', '10.0.1.1')).toEqual([
      '10.0.0.254',
      '10.0.0.255',
      '10.0.1.0',
      '10.0.1.1',
    ]);
    expect(addressesBetween('10.0.0.2', '10.0.0.1')).toBeUndefined();
    expect(addressesBetween('10.0.0.0', '10.0.1.0')).toBeUndefined();
    expect(shortRange('10.0.0.8-9')).toEqual(['10.0.0.8', '10.0.0.9']);
    expect(shortRange('2001:db8::9-b')).toEqual(['2001:db8::9', '2001:db8::a', '2001:db8::b']);
    expect(shortRange('10.0.0.8-9-10')).toBeUndefined();
  });

  it('reads ports', () => {
    expect([readPort('80'), readPort('65536'), readPort('x'), readPort('-1')]).toEqual([
      80,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('the ledger', () => {
  const inner = statement(2, ['b', '1']);
  const outer = statement(1, ['a'], [inner]);

  it('notes what nobody settled, in the order of lines', () => {
    const ledger = new Ledger('f');
    ledger.carried(outer);
    ledger.settle([outer, statement(3, ['c'])], reasonsFrom({ b: 'known' }, 'unknown'));
    expect(ledger.notes().map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'known'],
      [3, 'unknown'],
    ]);
  });

  it('notes the lines of a block that is not carried over, each of them', () => {
    const ledger = new Ledger('f');
    ledger.settle([outer], () => 'no');
    expect(ledger.notes().map(({ text }) => text)).toEqual(['a', 'b 1']);
  });

  it.each([
    [['passwd', 'hush']],
    [['auth_pass', 'hush']],
    [['stonith_host', '*', 'baytech', '10.0.0.3', 'me', 'hush']],
  ])('shows no secrets: %j', (words) => {
    const ledger = new Ledger('f');
    ledger.settle([statement(1, words)], () => 'no');
    expect(ledger.notes()[0]?.text).toBe(`${words[0]} ...`);
  });
});

describe('programs', () => {
  const target = { address: '10.0.0.1', port: 80 };
  it.each([
    [['/bin/look', '10.0.0.1', '80'], '/bin/look %h %p'],
    [['/bin/look', '80', '10.0.0.1'], '/bin/look 80 %h'],
    [['/bin/look', '10.0.0.2'], '/bin/look 10.0.0.2'],
    [['/bin/look', 'two words'], undefined],
    [['/bin/look', "it's"], undefined],
    [['/bin/look', '%h'], undefined],
    [['look'], undefined],
    [[], undefined],
  ])('%j', (words, text) => {
    expect(programText(words, target)).toBe(text);
  });

  it('keep their words where no server is known', () => {
    expect(commandText(['/bin/look', '10.0.0.1'])).toBe('/bin/look 10.0.0.1');
    expect(commandText(['look'])).toBeUndefined();
  });
});

describe('file patterns', () => {
  it.each([
    ['a.conf', '*.conf', true],
    ['.a.conf', '*.conf', false],
    ['a.conf', '?.c[n-p]nf', true],
    ['a.conf', 'a.[!c]onf', false],
    ['a', 'a*', true],
    ['ab', 'a', false],
    ['aXbXc', '*X*c', true],
    ['a[', 'a[', true],
  ])('%s fits %s: %s', (name, pattern, fits) => {
    expect(fitsPattern(name, pattern)).toBe(fits);
  });

  it('takes no time for many stars', () => {
    expect(fitsPattern('a'.repeat(200), `${'*a'.repeat(60)}*b`)).toBe(false);
  });

  it('expands alternatives, to a limit', () => {
    expect(expandBraces('x{a,b{c,d}}')).toEqual(['xa', 'xbc', 'xa', 'xbd']);
    expect(expandBraces('{a,b}'.repeat(60))).toEqual([]);
  });
});

describe('options', () => {
  it('are written as lvs.cf has them', () => {
    expect(importOptions({ device: 'bond0', primary: '2001:DB8::1' })).toEqual({
      device: 'bond0',
      primary: '2001:db8::1',
    });
  });

  it('are refused where they cannot be', () => {
    expect(() => importOptions({ device: 'much-too-long-a-name' })).toThrow('no name of a device');
    expect(() => importOptions({ backup: 'south' })).toThrow('no address');
  });
});
