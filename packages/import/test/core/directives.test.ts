import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CARRIED as HEARTBEAT_CARRIED } from '../../src/core/heartbeat/carried.js';
import { NOT_CARRIED as HEARTBEAT_NOT_CARRIED, heartbeatReason } from '../../src/core/heartbeat/reasons.js';
import { CARRIED as KEEPALIVED_CARRIED } from '../../src/core/keepalived/carried.js';
import {
  NOT_CARRIED as KEEPALIVED_NOT_CARRIED,
  keepalivedReason,
} from '../../src/core/keepalived/reasons.js';
import { CARRIED as LDIRECTORD_CARRIED } from '../../src/core/ldirectord/carried.js';
import {
  NOT_CARRIED as LDIRECTORD_NOT_CARRIED,
  ldirectordReason,
} from '../../src/core/ldirectord/reasons.js';
import { HEARTBEAT_WORDS, KEEPALIVED_WORDS, LDIRECTORD_WORDS } from '../support/words.js';

const PAGE = readFileSync(join(import.meta.dirname, '../../../../docs/import-directives.md'), 'utf8');
const SOURCES = join(import.meta.dirname, '../../src/core');

/** The chapter of the page about one source. */
function chapter(name: string): string {
  return PAGE.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? '';
}

/** All code of one importer but its table of words. */
function codeOf(name: string): string {
  const directory = join(SOURCES, name);
  const files = readdirSync(directory).filter((file) => file !== 'carried.ts');
  return files.map((file) => readFileSync(join(directory, file), 'utf8')).join('\n');
}

const TABLES = [
  ['keepalived', KEEPALIVED_WORDS, KEEPALIVED_CARRIED, KEEPALIVED_NOT_CARRIED, keepalivedReason],
  ['ldirectord', LDIRECTORD_WORDS, LDIRECTORD_CARRIED, LDIRECTORD_NOT_CARRIED, ldirectordReason],
  ['heartbeat', HEARTBEAT_WORDS, HEARTBEAT_CARRIED, HEARTBEAT_NOT_CARRIED, heartbeatReason],
] as const;

describe.each(TABLES)('directives of %s', (name, words, carried, notCarried, reasonOf) => {
  const known = [...Object.keys(carried), ...Object.keys(notCarried)];

  it('are all known', () => {
    expect(words.filter((word) => !known.includes(word))).toEqual([]);
  });

  it('stand in one table each, and in the page', () => {
    expect(Object.keys(carried).filter((word) => Object.hasOwn(notCarried, word))).toEqual([]);
    const text = chapter(name);
    expect(known.filter((word) => !text.includes(`\`${word}\``))).toEqual([]);
  });

  it('are asked for by the importer where the page says that they are carried over', () => {
    const code = codeOf(name);
    const unasked = Object.keys(carried).filter(
      (word) => !new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(code),
    );
    expect(unasked).toEqual([]);
  });

  it('have a reason of their own where they are not', () => {
    expect(known.filter((word) => reasonOf(word).includes('not understood'))).toEqual([]);
    expect(reasonOf('unheard_of')).toContain('not understood');
  });
});
