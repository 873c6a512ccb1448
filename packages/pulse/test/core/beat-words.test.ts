import { DUTIES } from '@piranha/protocol/beat';
import { expect, it } from 'vitest';
import { groupsOf, wordOfBeat } from '../../src/core/beat-words.js';

const DUTIES_OF_PULSE = [
  'standby',
  'claiming',
  'taking',
  'active',
  'releasing',
  'dropping',
  'ended',
] as const;
const WORDS = ['lvs running', 'lvs stopped', 'fos go inactive'] as const;

it('says in a beat at each moment what the word would have said', () => {
  for (const duty of DUTIES_OF_PULSE) {
    for (const word of WORDS) expect(wordOfBeat({ groups: groupsOf(word, duty) })).toBe(word);
    expect(groupsOf(undefined, duty)).toEqual([]);
  }
});

it('tells the duty itself where the word leaves it open', () => {
  expect(groupsOf('lvs stopped', 'taking')).toEqual([{ name: 'main', duty: 'taking' }]);
  expect(groupsOf('lvs stopped', 'releasing')).toEqual([{ name: 'main', duty: 'releasing' }]);
});

it('takes only "active" for serving, and a beat about nothing for no word', () => {
  for (const duty of DUTIES) {
    const word = duty === 'active' ? 'lvs running' : 'lvs stopped';
    expect(wordOfBeat({ groups: [{ name: 'main', duty }] })).toBe(word);
    expect(wordOfBeat({ groups: [{ name: 'other', duty }] })).toBeUndefined();
  }
});
