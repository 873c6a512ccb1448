import { describe, expect, it } from 'vitest';
import { parseServices } from '../../src/core/services.js';
import { nearestWord } from '../../src/core/suggest.js';

describe('parseServices', () => {
  it('takes TCP names and aliases, the first line of a name', () => {
    const text = '# comment\nhttp\t80/tcp www # web\nhttp 81/tcp\ndomain 53/udp\nbad line\nodd 99/tcp\n';
    expect([...parseServices(text)]).toEqual([
      ['http', 80],
      ['www', 80],
      ['odd', 99],
    ]);
  });
});

describe('nearestWord', () => {
  it('finds what was meant, or nothing', () => {
    const words = ['keepalive', 'deadtime', 'port', 'protocol'];
    expect(nearestWord('dedatime', words)).toBe('deadtime');
    expect(nearestWord('keep-alive', words)).toBe('keepalive');
    expect(nearestWord('PORT', words)).toBe('port');
    expect(nearestWord('http', ['tcp', 'http_get', 'ssl_get'])).toBe('http_get');
    expect(nearestWord('pro', ['protocol', 'program'])).toBeUndefined();
    expect(nearestWord('elephant', words)).toBeUndefined();
  });
});
