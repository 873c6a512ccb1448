import type { DirectorConfig } from '../director-model.js';
import type { LvsConfiguration } from '../model.js';
import type { ParsedBlock, ParsedFile } from './parsed.js';
import { Values } from './values.js';

type PairKeys = 'primary' | 'primaryPrivate' | 'backup' | 'backupPrivate' | 'backupActive';

function buildDirector(block: ParsedBlock): DirectorConfig {
  const values = new Values('director', block);
  const publicAddress = values.address('public');
  return {
    name: block.name,
    line: block.lineIndex + 1,
    publicAddress,
    privateAddress: values.address('private') ?? publicAddress,
  };
}

/** The `director` blocks by rank; none where the pair is written with `primary` and `backup`. */
export function buildDirectors({ blocks }: Pick<ParsedFile, 'blocks'>): readonly DirectorConfig[] {
  return blocks.filter(({ level }) => level === 'director').map(buildDirector);
}

/** What the first two blocks are in the words of a pair; two blocks mean nothing else. */
export function pairOfDirectors([first, second]: readonly DirectorConfig[]): Pick<
  LvsConfiguration,
  PairKeys
> {
  return {
    primary: first?.publicAddress,
    primaryPrivate: first?.privateAddress,
    backup: second?.publicAddress,
    backupPrivate: second?.privateAddress,
    backupActive: second?.publicAddress !== undefined,
  };
}
