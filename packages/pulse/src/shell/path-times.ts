import { monotonicNowMs } from '@piranha/common';
import type { PathStatus, PulseStatus } from '@piranha/protocol';
import { directorStatus } from '../core/director-status.js';
import type { NodeView } from '../core/readiness.js';
import type { PulseState } from '../core/types.js';
import type { LoadedSettings } from './load-settings.js';

type PathName = Pick<PathStatus, 'name' | 'director'>;

/** Of several directors each has paths of the same names. */
function keyOf({ name, director = '' }: PathName): string {
  return `${name} ${director}`;
}

/** When each path was heard last, monotonic ms. */
export class PathTimes {
  private readonly heardAtMs = new Map<string, number>();

  /** Something proven came by a path now. */
  heard(path: PathName): void {
    this.heardAtMs.set(keyOf(path), monotonicNowMs());
  }

  /** Undefined for never. */
  of(path: PathName): number | undefined {
    return this.heardAtMs.get(keyOf(path));
  }

  /** What status says of the directors of lvs.cf's blocks. */
  directors(
    { settings, directorNames, paths }: LoadedSettings,
    state: PulseState,
    viewOf: (name?: string) => NodeView | undefined,
  ): Pick<PulseStatus, 'name' | 'rank' | 'directors'> {
    const heardAtMs = (name: string): number | undefined => {
      const times = paths.filter(({ director }) => director === name).flatMap((path) => this.of(path) ?? []);
      return times.length === 0 ? undefined : Math.max(...times);
    };
    return directorStatus(settings, state, { names: directorNames, viewOf, heardAtMs }, monotonicNowMs());
  }
}
