import { constants } from 'node:os';
import type { UserError } from '@piranha/common';
import type { NetlinkAnswer } from './core/netlink-message.js';
import {
  type AddressSpec,
  addAddressRequest,
  deleteAddressRequest,
  listAddressesRequest,
  listLinksRequest,
  switchLinkRequest,
} from './core/route-messages.js';
import { type InterfaceAddress, type NetworkLink, routeRecord } from './core/route-records.js';
import { addressFailed, NetlinkSocket } from './netlink-socket.js';

const { EEXIST, EADDRNOTAVAIL, ENODEV } = constants.errno;

/** One change of an interface's addresses. */
export interface AddressChange {
  readonly type: 'add' | 'remove';
  readonly address: AddressSpec;
}

/** What became of a change; `already` means that there was nothing to do. */
export type ChangeResult =
  | { readonly outcome: 'done' | 'already' }
  | { readonly outcome: 'failed'; readonly error: UserError };

/**
 * The kernel's links and addresses through rtnetlink, in the network namespace of the process. Calls are synchronous:
 * they take a fraction of a millisecond and wait at most 2 s. All throw UserError `ADDRESS_FAILED`.
 */
export class RouteNetlink {
  private readonly socket = new NetlinkSocket();

  links(): readonly NetworkLink[] {
    const records = this.socket.list(listLinksRequest).map(routeRecord);
    return records.flatMap((record) => (record?.type === 'link' ? [record.link] : []));
  }

  addresses(): readonly InterfaceAddress[] {
    const records = this.socket.list(listAddressesRequest).map(routeRecord);
    return records.flatMap((record) => (record?.type === 'address' ? [record.address] : []));
  }

  /**
   * Makes changes in their order, many in one call; a change that fails does not stop the others. To add what is there
   * and to remove what is not there is no failure.
   */
  change(changes: readonly AddressChange[]): readonly ChangeResult[] {
    const builders = changes.map(({ type, address }) => {
      const build = type === 'add' ? addAddressRequest : deleteAddressRequest;
      return (sequence: number) => build(sequence, address);
    });
    const answers = this.socket.request(builders);
    return answers.flatMap((answer, index) => {
      const change = changes[index];
      return change === undefined ? [] : [resultOf(change, answer)];
    });
  }

  /** Gives an interface an address; it is no failure if it has it. */
  addAddress(address: AddressSpec): void {
    this.changeOne({ type: 'add', address });
  }

  /** Takes an address from an interface; it is no failure if it has no such address or is gone. */
  deleteAddress(address: AddressSpec): void {
    this.changeOne({ type: 'remove', address });
  }

  /** Switches an interface on or off. */
  switchLink(ifindex: number, isUp: boolean): void {
    const [answer] = this.socket.request([(sequence) => switchLinkRequest(sequence, ifindex, isUp)]);
    if (answer === undefined || answer.errno === 0) return;
    throw addressFailed(`switch ${isUp ? 'on' : 'off'} interface ${ifindex}`, answer.errno, answer.text);
  }

  close(): void {
    this.socket.close();
  }

  private changeOne(change: AddressChange): void {
    for (const result of this.change([change])) {
      if (result.outcome === 'failed') throw result.error;
    }
  }
}

function resultOf({ type, address }: AddressChange, { errno, text }: NetlinkAnswer): ChangeResult {
  if (errno === 0) return { outcome: 'done' };
  const nothingToDo = type === 'add' ? [EEXIST] : [EADDRNOTAVAIL, ENODEV];
  if (nothingToDo.includes(errno)) return { outcome: 'already' };
  const what = `${type} ${address.address}/${address.prefixLength}`;
  return { outcome: 'failed', error: addressFailed(what, errno, text) };
}
