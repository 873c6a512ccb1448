import { checksOf, type LvsConfiguration } from '@piranha/config';
import { indexTargets, type TargetIndex } from './check-targets.js';
import { type NannyArgumentOptions, nannyArguments } from './nanny-arguments.js';
import { probeKey } from './probe-key.js';

/** A configuration with everything that follows from it alone. */
export interface Setup {
  readonly configuration: LvsConfiguration;
  readonly index: TargetIndex;
  /** Command line of each nanny by identity. */
  readonly commandLines: ReadonlyMap<string, readonly string[]>;
  /** JSON of the check blocks of each nanny that has some, by identity. */
  readonly checks: ReadonlyMap<string, string>;
  /** For what the check of each is good, by identity: those with equal texts need one probe. */
  readonly probes: ReadonlyMap<string, string>;
}

/** Works a configuration out. */
export function prepareSetup(configuration: LvsConfiguration, options: NannyArgumentOptions): Setup {
  const index = indexTargets(configuration);
  const commandLines = new Map(
    index.targets.map((target) => [target.id, nannyArguments(configuration, target, options)]),
  );
  const checks = new Map(
    index.targets.flatMap(({ id, service, server }) => {
      const set = checksOf(service.check, server);
      return set ? [[id, JSON.stringify({ require: set.require, specs: set.specs })]] : [];
    }),
  );
  const probes = new Map(
    index.targets.map((target) => [target.id, probeKey(configuration, target, options)]),
  );
  return { configuration, index, commandLines, checks, probes };
}

/** What makes a nanny another one: its command line and its check blocks, by identity. */
export function nannyOrders({ commandLines, checks }: Setup): Map<string, readonly string[]> {
  return new Map([...commandLines].map(([id, words]) => [id, [...words, checks.get(id) ?? '']]));
}
