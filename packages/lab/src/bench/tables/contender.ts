/** A product that keeps the kernel's table. Files are written before the time is taken. */
export interface TableContender {
  /** Writes its file with this weight for the one server that changes. */
  configure(weight: number): void;
  /** Starts it with that file. The table need not be complete when this resolves. */
  load(): Promise<void>;
  /** Has it take the changed file, as its operators do. */
  reload(): Promise<void>;
  /** Its processes now; what they start is counted with them. */
  pids(): readonly number[];
  lastLines(): string;
}
