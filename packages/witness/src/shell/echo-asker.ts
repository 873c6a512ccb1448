import { EchoSocket } from '@piranha/net';
import { type Asker, LOST_UNTIL_REOPENED, problemText, type Told } from './asker.js';

const SEQUENCES = 65_536;
/** Questions whose late answers are still known. */
const REMEMBERED = 64;

/** Asks by ICMP echo. An answer that comes after its question was given up is told too. */
export class EchoAsker implements Asker {
  private socket: EchoSocket | undefined;
  private sequence = 0;
  private lost = 0;
  private readonly sent = new Map<number, number>();

  constructor(
    private readonly address: string,
    private readonly told: Told,
  ) {}

  ask(sentMs: number): void {
    if (this.lost >= LOST_UNTIL_REOPENED) this.close();
    this.sequence = (this.sequence + 1) % SEQUENCES;
    this.sent.set(this.sequence, sentMs);
    const oldest = this.sent.keys().next().value;
    if (this.sent.size > REMEMBERED && oldest !== undefined) this.sent.delete(oldest);
    const problem = this.send();
    if (problem === undefined) return;
    this.lost += 1;
    this.told.failed(sentMs, problem);
  }

  private send(): string | undefined {
    try {
      this.socket ??= new EchoSocket(this.address, (sequence) => this.onReply(sequence));
    } catch (error) {
      return problemText(error);
    }
    return this.socket.send(this.sequence);
  }

  private onReply(sequence: number): void {
    const sentMs = this.sent.get(sequence);
    this.sent.delete(sequence);
    if (sentMs === undefined) return;
    this.lost = 0;
    this.told.answered(sentMs);
  }

  giveUp(): void {
    this.lost += 1;
  }

  close(): void {
    this.socket?.close();
    this.socket = undefined;
    this.sent.clear();
    this.lost = 0;
  }
}
