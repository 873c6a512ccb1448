/** Work that may hang: asked for while it is under way, it is not begun a second time. */
export class OneAtATime {
  private running: Promise<void> | undefined;

  constructor(private readonly work: () => Promise<void>) {}

  /** Resolves when what is under way is done. */
  request(): Promise<void> {
    this.running ??= this.work().then(
      () => {
        this.running = undefined;
      },
      (error: unknown) => {
        // A bug is to end in runMain.
        setImmediate(() => {
          throw error;
        });
      },
    );
    return this.running;
  }
}
