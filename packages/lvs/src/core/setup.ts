import type { LvsConfiguration } from '@piranha/config';
import { indexTargets, type TargetIndex } from './check-targets.js';
import { type NannyArgumentOptions, nannyArguments } from './nanny-arguments.js';

/** A configuration with everything that follows from it alone. */
export interface Setup {
  readonly configuration: LvsConfiguration;
  readonly index: TargetIndex;
  /** Command line of each nanny by identity. */
  readonly commandLines: ReadonlyMap<string, readonly string[]>;
}

/** Works a configuration out. */
export function prepareSetup(configuration: LvsConfiguration, options: NannyArgumentOptions): Setup {
  const index = indexTargets(configuration);
  const commandLines = new Map(
    index.targets.map((target) => [target.id, nannyArguments(configuration, target, options)]),
  );
  return { configuration, index, commandLines };
}
