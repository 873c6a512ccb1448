import { ArpAsker } from './arp-asker.js';
import { type Asker, LOST_UNTIL_REOPENED, problemText, type Told } from './asker.js';
import { EchoAsker } from './echo-asker.js';
import { placeOfNeighbour } from './neighbour.js';

/** Asks a gateway by ARP where it is a neighbour with IPv4, else by ICMP echo. */
export class GatewayAsker implements Asker {
  private asker: Asker | undefined;
  private lost = 0;

  constructor(
    private readonly address: string,
    private readonly told: Told,
  ) {}

  ask(sentMs: number): void {
    if (this.lost >= LOST_UNTIL_REOPENED) this.close();
    try {
      this.asker ??= this.open();
    } catch (error) {
      this.told.failed(sentMs, problemText(error));
      return;
    }
    this.asker.ask(sentMs);
  }

  private open(): Asker {
    const told: Told = {
      answered: (sentMs) => {
        this.lost = 0;
        this.told.answered(sentMs);
      },
      failed: (sentMs, problem) => {
        this.lost += 1;
        this.told.failed(sentMs, problem);
      },
    };
    const place = placeOfNeighbour(this.address);
    return place === undefined ? new EchoAsker(this.address, told) : new ArpAsker(this.address, place, told);
  }

  giveUp(): void {
    this.lost += 1;
    this.asker?.giveUp();
  }

  close(): void {
    this.asker?.close();
    this.asker = undefined;
    this.lost = 0;
  }
}
