/** Lets a stop wait, for a limited time, until nothing is under way. */
export class Stillness {
  private readonly waiting: (() => void)[] = [];

  /** Resolves when `reached` is called, or `limitMs` later. */
  within(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Nothing is under way: nobody waits any longer. */
  reached(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
