import { UserError } from '@piranha/common';
import { type Director, MemoryDirector, UserspaceDirector } from '@piranha/ipvs';
import { ControlClient } from '@piranha/protocol';
import type { LvsdOptions } from '../core/options.js';

/** A reached backend and the way to let go of it. */
export interface OpenDirector {
  readonly director: Director;
  close(): void;
}

/** Reaches the backend; `onLost` is called as soon as it is gone. */
export type DirectorOpener = (onLost: () => void) => Promise<OpenDirector>;

/**
 * How to reach the backend that was asked for.
 * @throws UserError `DIRECTOR_NOT_AVAILABLE` for the kernel's, which this release does not have
 */
export function directorOpener(kind: LvsdOptions['director'], ipvsuSocket: string): DirectorOpener {
  if (kind === 'kernel') {
    throw new UserError('lvsd: the kernel director is not in this release', {
      code: 'DIRECTOR_NOT_AVAILABLE',
      hint: 'start with --director userspace',
    });
  }
  if (kind === 'memory') {
    const director = new MemoryDirector();
    return () => Promise.resolve({ director, close: () => undefined });
  }
  return async (onLost) => {
    // A connection of its own: it tells at once that ipvsu is gone, not at the next operation.
    const watch = await ControlClient.connect({ path: ipvsuSocket, onClose: onLost });
    const director = new UserspaceDirector(ipvsuSocket);
    const close = () => {
      watch.close();
      director.close().catch(() => undefined);
    };
    return { director, close };
  };
}
