type Message = readonly [number: number, event: string, data: unknown];

/** A batch goes out when it has this many messages; otherwise at the end of the turn. */
const BATCH_SIZE = 250;

/** Gathers what happens in one turn of the event loop, so that a rack that fails is told in a few messages. */
export class Outbox {
  private messages: Message[] = [];
  private scheduled = false;

  constructor(private readonly send: (messages: readonly Message[]) => void) {}

  push(...message: Message): void {
    this.messages.push(message);
    if (this.messages.length >= BATCH_SIZE) this.flush();
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.messages.length === 0) return;
    const { messages } = this;
    this.messages = [];
    this.send(messages);
  }
}
