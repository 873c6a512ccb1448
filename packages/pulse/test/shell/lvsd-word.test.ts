import { describe, expect, it } from 'vitest';
import { LvsdWord } from '../../src/shell/lvsd-word.js';

const ALIVE = { pid: 7, ready: true, tableInSync: true, serversUp: 2, serversTotal: 3 };

describe('what lvsd says of itself', () => {
  it('counts until it says something else or is gone', () => {
    const word = new LvsdWord();
    expect(word.latest()).toBeUndefined();
    word.heard(ALIVE);
    expect(word.latest()).toEqual(ALIVE);
    word.lost();
    expect(word.latest()).toBeUndefined();
  });

  it.each([{ pid: 7, ready: true }, { ...ALIVE, serversUp: -1 }, null])('%j is nothing', (data) => {
    const word = new LvsdWord();
    word.heard(ALIVE);
    word.heard(data);
    expect(word.latest()).toBeUndefined();
  });
});
