import { type ChildProcess, spawn } from 'node:child_process';
import type { VirtualAddress } from '@piranha/addresses';
import { binaryPath } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import { Announcer } from '@piranha/net';

/** When the addresses are announced again after the first time, s. */
const REPEATS = '1,5,10';

/**
 * Gratuitous ARP and neighbour advertisements: once at once from this process, for no start of a program may lie
 * between the address and its announcement, then by a send_arp of its own, which goes on if pulse ends.
 */
export class Announcements {
  private readonly announcer = new Announcer();
  private repeater: ChildProcess | undefined;

  constructor(private readonly log: EventLog) {}

  /** Announces now and begins the repeats anew. */
  announce(addresses: readonly VirtualAddress[]): void {
    this.announceOnce(addresses);
    this.stopRepeats();
    if (addresses.length > 0) this.repeater = this.repeat(addresses);
  }

  announceOnce(addresses: readonly VirtualAddress[]): void {
    for (const problem of this.announcer.announce(addresses)) {
      this.log.log('PULSE_ANNOUNCE_FAILED', { problem });
    }
  }

  /** Asks who holds these addresses; the answers are for HolderWatch. */
  probe(addresses: readonly VirtualAddress[]): void {
    this.announcer.probe(addresses);
  }

  /** Nothing of ours announces any more: the addresses leave this node. */
  stopRepeats(): void {
    this.repeater?.kill('SIGTERM');
    this.repeater = undefined;
  }

  close(): void {
    this.stopRepeats();
    this.announcer.close();
  }

  private repeat(addresses: readonly VirtualAddress[]): ChildProcess {
    const args = [binaryPath('send_arp'), '--announce', '--schedule', REPEATS, '-'];
    const child = spawn(process.execPath, args, {
      argv0: 'send_arp',
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    child.on('error', (error) => this.log.log('PULSE_ANNOUNCE_FAILED', { problem: error.message }));
    child.on('exit', (code) => {
      if (code === 0 && this.repeater === child) this.log.log('PULSE_ANNOUNCED');
      else if (code) this.log.log('PULSE_ANNOUNCE_FAILED', { problem: `send_arp ended with ${code}` });
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(addresses.map((address) => `${address.interface}=${address.address}\n`).join(''));
    child.unref();
    return child;
  }
}
