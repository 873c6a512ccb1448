/**
 * Resolves when a parent that gave us an IPC channel (as the demo does) is gone; undefined without such a parent. Made
 * when this module is loaded, before anything else: a parent may die while we still start.
 */
export const parentGone: Promise<void> | undefined =
  process.send === undefined
    ? undefined
    : new Promise((resolve) => {
        if (process.connected) process.once('disconnect', resolve);
        else resolve();
      });
