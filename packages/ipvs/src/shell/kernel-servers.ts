import { constants } from 'node:os';
import { UserError } from '@piranha/common';
import { GenericNetlink } from '@piranha/net';
import { REFUSALS } from '../core/apply.js';
import type { ServerOperation } from '../core/model.js';
import { serverCommand } from '../core/netlink-servers.js';
import type { OperationResult } from '../director.js';

const FAMILY = 'IPVS';
const VERSION = 1;
const { EEXIST, ENOENT, ESRCH } = constants.errno;

/**
 * Changes of single real servers in the kernel's table by generic netlink, without a process for each. What the kernel
 * answers in a way that is not known here is left to ipvsadm, which tries again and tells why.
 */
export class KernelServers {
  private readonly ipvs = new GenericNetlink(FAMILY, VERSION);

  /** Makes ready what the first change would wait for. */
  async prepare(): Promise<void> {
    await this.unlessRefused(() => this.ipvs.find());
  }

  /** The result in ipvsadm's words; undefined where ipvsadm is to be asked. */
  async carryOut(operation: ServerOperation): Promise<OperationResult | undefined> {
    const command = serverCommand(operation);
    if (command === undefined) return undefined;
    const answer = await this.unlessRefused(() => this.ipvs.request(command));
    return answer && resultOf(operation, answer.errno);
  }

  close(): void {
    this.ipvs.close();
  }

  /** A kernel that does not let us ask is a matter for ipvsadm too. */
  private async unlessRefused<Value>(ask: () => Promise<Value>): Promise<Value | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof UserError) return undefined;
      throw error;
    }
  }
}

function resultOf({ type }: ServerOperation, errno: number): OperationResult | undefined {
  if (errno === 0) return { ok: true };
  if (errno === ESRCH) return { ok: false, message: REFUSALS.serviceUndefined };
  if (type === 'addServer') {
    return errno === EEXIST ? { ok: false, message: REFUSALS.serverExists } : undefined;
  }
  return errno === ENOENT ? { ok: false, message: REFUSALS.noServer } : undefined;
}
