import { constants } from 'node:os';
import { genericRequest, getFamilyRequest, readFamilyNumber } from './core/generic-messages.js';
import type { NetlinkAnswer } from './core/netlink-message.js';
import { NetlinkExchange } from './netlink-exchange.js';

const NETLINK_GENERIC = 16;
const { ENOENT } = constants.errno;

/** A request to a family of generic netlink: its number there, and its attributes. */
export interface GenericCommand {
  readonly command: number;
  readonly attributes: Buffer;
}

/** A family of generic netlink, such as `IPVS`, in the network namespace of the process. The calling thread does not wait. */
export class GenericNetlink {
  private number: number | undefined;

  constructor(
    private readonly family: string,
    private readonly version: number,
    private readonly kernel: Pick<NetlinkExchange, 'ask' | 'close'> = new NetlinkExchange(NETLINK_GENERIC),
  ) {}

  /**
   * Looks for the family, which else the first request has to wait for.
   * @throws UserError `ADDRESS_FAILED`
   */
  async find(): Promise<void> {
    const { messages } = await this.kernel.ask((sequence) => getFamilyRequest(sequence, this.family));
    this.number = readFamilyNumber(messages);
  }

  /**
   * Asks the kernel for one change, and gives its answer; undefined where it has no such family.
   * @throws UserError `ADDRESS_FAILED` where sending or receiving fails: what was done is then unknown
   */
  async request(command: GenericCommand): Promise<NetlinkAnswer | undefined> {
    const known = this.number;
    const answer = known === undefined ? undefined : await this.send(known, command);
    if (answer !== undefined && answer.errno !== ENOENT) return answer;
    // What it is asked to change is not there; or nobody has this number, for the module was loaded anew and has another one.
    await this.find();
    if (this.number === undefined) return undefined;
    return this.number === known ? answer : this.send(this.number, command);
  }

  /** Ends it once the call under way has ended. */
  close(): void {
    this.kernel.close();
  }

  private async send(type: number, { command, attributes }: GenericCommand): Promise<NetlinkAnswer> {
    const header = { type, version: this.version, command };
    const { answer } = await this.kernel.ask((sequence) => genericRequest(sequence, header, attributes));
    return answer;
  }
}
