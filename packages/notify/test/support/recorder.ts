/** A log that keeps what it is told. */
export class Recorder {
  readonly lines: { readonly id: string; readonly fields: Readonly<Record<string, unknown>> }[] = [];

  log(id: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.lines.push({ id, fields });
  }

  ids(): string[] {
    return this.lines.map(({ id }) => id);
  }

  count(id: string): number {
    return this.lines.filter((line) => line.id === id).length;
  }

  last(id: string): Readonly<Record<string, unknown>> | undefined {
    return this.lines.findLast((line) => line.id === id)?.fields;
  }
}
