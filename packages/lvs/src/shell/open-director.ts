import { type Director, kernelDirector, MemoryDirector, UserspaceDirector } from '@piranha/ipvs';
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
 * Reads the table once.
 * @throws UserError that says what the backend lacks
 */
export async function checkDirector(open: DirectorOpener): Promise<void> {
  const { director, close } = await open(() => undefined);
  try {
    await director.readTable();
  } finally {
    close();
  }
}

/** How to reach the backend that was asked for. The kernel's has no connection: whether it is there shows by reading. */
export function directorOpener(
  kind: LvsdOptions['director'],
  ipvsuSocket: string,
  ipvsadmPath: string,
): DirectorOpener {
  if (kind === 'kernel') return () => openKernel(ipvsadmPath);
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

async function openKernel(ipvsadmPath: string): Promise<OpenDirector> {
  const director = kernelDirector(ipvsadmPath);
  await director.prepare();
  return { director, close: () => void director.close() };
}
