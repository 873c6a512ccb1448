import type { LvsConfiguration } from '@piranha/config';
import type { HeartbeatPath } from './settings.js';

/** What both directors must change at the same moment. */
interface SyncLink {
  readonly paths: readonly HeartbeatPath[];
  readonly configuration: Pick<LvsConfiguration, 'heartbeatPort'>;
  readonly beat: { readonly keyFile: string } | undefined;
}

/**
 * Whether the pair would have to find each other anew: other addresses, another port, another key file, of which nobody
 * knows whether both directors have the same.
 */
export function movesLink(now: SyncLink, next: SyncLink): boolean {
  return linkText(now) !== linkText(next);
}

function linkText({ paths, configuration, beat }: SyncLink): string {
  const ends = paths.map(({ name, local, partner }) => [name, local, partner]);
  return JSON.stringify([ends, configuration.heartbeatPort, beat?.keyFile]);
}
