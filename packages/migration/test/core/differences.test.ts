import { describe, expect, it } from 'vitest';
import { type Difference, differencesOf, isGrave } from '../../src/core/differences.js';
import { entry, known, service, status, table, WEB } from '../support.js';

const BOTH = status(known(11, 'answered'), known(12, 'no answer in 6 s'));

function codes(differences: readonly Difference[]): string[] {
  return differences.map(({ code, place }) => `${code} ${place}`);
}

describe('differencesOf', () => {
  it('finds nothing where both agree, in whatever order', () => {
    const live = table(service([entry(11), entry(12)]));
    expect(differencesOf(live, table(service([entry(12), entry(11)])), BOTH)).toEqual([]);
  });

  it('names a server that would be taken out, with the reason of the check', () => {
    const live = table(service([entry(11), entry(12)]));
    const place = 'tcp 10.0.0.9:80 10.0.0.12:80';
    expect(differencesOf(live, table(service([entry(11)])), BOTH)).toEqual([
      {
        code: 'SHADOW_SERVER_OUT',
        place,
        text: 'weight 1 now, would be not in the table',
        reason: 'no answer in 6 s',
      },
    ]);
    const quiesced = table(service([entry(11), entry(12, { weight: 0 })]));
    expect(codes(differencesOf(live, quiesced, BOTH))).toEqual([`SHADOW_SERVER_OUT ${place}`]);
    expect(codes(differencesOf(quiesced, live, BOTH))).toEqual([`SHADOW_SERVER_IN ${place}`]);
    expect(differencesOf(quiesced, table(service([entry(11)])), BOTH)).toEqual([]);
  });

  it('names what lvs.cf does not know, and what only lvs.cf knows', () => {
    const other = service([entry(30)], { key: { ...WEB, port: 443 } });
    const live = table(service([entry(11), entry(12), entry(13)]), other);
    expect(codes(differencesOf(live, table(service([entry(11), entry(12)])), BOTH))).toEqual([
      'SHADOW_SERVER_UNKNOWN tcp 10.0.0.9:80 10.0.0.13:80',
      'SHADOW_SERVICE_UNKNOWN tcp 10.0.0.9:443',
    ]);
    expect(codes(differencesOf(table(), table(service([entry(11)])), BOTH))).toEqual([
      'SHADOW_SERVICE_NEW tcp 10.0.0.9:80',
    ]);
  });

  it('tells settings of services and servers apart', () => {
    const live = table(service([entry(11), entry(12)]));
    const would = table(
      service([entry(11, { weight: 3 }), entry(12, { forwarding: 'masquerade' })], { persistentSeconds: 60 }),
    );
    expect(differencesOf(live, would, BOTH).map(({ code, text }) => `${code}: ${text}`)).toEqual([
      'SHADOW_SERVICE_SETTINGS: rr now, would be rr persistent 60 s',
      'SHADOW_SERVER_WEIGHT: weight 1 now, would be weight 3',
      'SHADOW_SERVER_SETTINGS: direct now, would be masquerade',
    ]);
  });
});

describe('isGrave', () => {
  it('lets only more servers pass without a word', () => {
    const live = table(service([entry(11)]));
    expect(differencesOf(live, table(service([entry(11), entry(12)])), BOTH).some(isGrave)).toBe(false);
    expect(differencesOf(live, table(service([])), BOTH).some(isGrave)).toBe(true);
  });
});
