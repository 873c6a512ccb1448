import { UserError } from '@piranha/common';
import type { LvsConfiguration } from '@piranha/config';
import type { BeatNames } from '@piranha/protocol/beat';
import { isSeveral } from './own-director.js';

/** By whom a director means to be heard: directors of different lists neither believe each other nor agree on who is better. */

/** This director and all by rank, where there are more than two; none in a pair, whose two go by their roles. */
export function directorList({
  names,
  configuration,
}: {
  readonly names: Pick<BeatNames, 'node'>;
  readonly configuration: Pick<LvsConfiguration, 'directors'>;
}): readonly string[] {
  if (!isSeveral(configuration)) return [];
  return [names.node, ...configuration.directors.map(({ name }) => name)];
}

/** @param hint what to do about it @throws UserError `PULSE_DIRECTORS_CHANGE` where two such lists differ */
export function requireSameDirectors(before: readonly string[], next: readonly string[], hint: string): void {
  if (before.join(' ') === next.join(' ')) return;
  throw new UserError(
    'director blocks cannot come, go or be renamed, nor change places, while another director is heard',
    { code: 'PULSE_DIRECTORS_CHANGE', hint },
  );
}
