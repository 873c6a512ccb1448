import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const MOST_RECORDED = 2_000;

/** One end of the way between two directors: what its partner sends to the other one, and the address that it shows. */
export interface RelayEnd {
  /** Of the director itself. */
  readonly director: string;
  /** That stands for it in the other one's lvs.cf. */
  readonly alias: string;
}

/** A network between two directors that passes everything on, and keeps it: all that an attacker could record. */
export class Relay {
  private readonly sockets: Socket[] = [];
  private readonly recorded: [Buffer[], Buffer[]] = [[], []];

  private constructor(
    private readonly ends: readonly [RelayEnd, RelayEnd],
    private readonly port: number,
  ) {}

  static async open(ends: readonly [RelayEnd, RelayEnd], port: number): Promise<Relay> {
    const relay = new Relay(ends, port);
    for (const index of [0, 1] as const) relay.sockets.push(await boundSocket(ends[index].alias, port));
    for (const index of [0, 1] as const) relay.passOn(index);
    return relay;
  }

  /** What the director of that end sent since the last call of `forget`, as it arrived at the other one. */
  sentBy(index: 0 | 1): readonly Buffer[] {
    return this.recorded[index];
  }

  forget(): void {
    for (const list of this.recorded) list.length = 0;
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
  }

  /** What comes to an end's alias is for its director, and is sent on from the sender's own alias. */
  private passOn(index: 0 | 1): void {
    const sender = index === 0 ? 1 : 0;
    this.sockets[index]?.on('message', (packet, { address }) => {
      if (address !== this.ends[sender].director) return;
      this.sockets[sender]?.send(packet, this.port, this.ends[index].director, (error) => {
        const list = this.recorded[sender];
        if (error === null && list.length < MOST_RECORDED) list.push(packet);
      });
    });
  }
}

/** A UDP socket of that address. @param port 0: any */
export async function boundSocket(address: string, port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, address);
  await once(socket, 'listening');
  return socket;
}
