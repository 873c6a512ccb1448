import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { libc, UnixDatagram } from '../src/index.js';

const { EAGAIN, ECONNREFUSED, ENOENT, ENOTCONN } = constants.errno;
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
/** More than any kernel queues for a Unix datagram socket by default (10). */
const MORE_THAN_FIT = 5_000;

let directory = '';
let path = '';
let receivers: number[] = [];
let sender: UnixDatagram;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'unix-datagram-'));
  path = join(directory, 'socket');
  sender = new UnixDatagram(path);
});

afterEach(() => {
  sender.close();
  for (const fd of receivers.splice(0)) libc().close(fd);
  rmSync(directory, { recursive: true });
});

/** A bound socket that is read only when a test asks. */
function receive(): number {
  const address = Buffer.alloc(110);
  address.writeUInt16LE(AF_UNIX, 0);
  address.write(path, 2);
  const fd = libc().socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  receivers.push(fd);
  expect(libc().bind(fd, address, address.length)).toBe(0);
  return fd;
}

/** As a syslogd that ends: its socket and its path go. */
function end(fd: number): void {
  libc().close(fd);
  receivers = receivers.filter((other) => other !== fd);
  rmSync(path);
}

function waiting(fd: number): string[] {
  const texts: string[] = [];
  const buffer = Buffer.alloc(4_096);
  for (;;) {
    const size = libc().recv(fd, buffer, buffer.length, MSG_DONTWAIT);
    if (size < 0) return texts;
    texts.push(buffer.toString('utf8', 0, size));
  }
}

function send(text: string) {
  return sender.send(Buffer.from(text));
}

/** Sends numbered datagrams until the kernel takes no more; how many it took. */
function fill(): number {
  for (let count = 0; count < MORE_THAN_FIT; count += 1) {
    const result = send(String(count));
    if (result.sent) continue;
    expect(result.errno).toBe(EAGAIN);
    return count;
  }
  throw new Error('the receiver never was full');
}

describe('UnixDatagram', () => {
  it('delivers each datagram whole and in order', () => {
    const fd = receive();
    for (const text of ['one', 'two\nlines', 'drei ä']) expect(send(text)).toEqual({ sent: true });
    expect(waiting(fd)).toEqual(['one', 'two\nlines', 'drei ä']);
  });

  it('does not block on a full receiver, and delivers again once that was read', () => {
    const fd = receive();
    const fitted = fill();
    expect(fitted).toBeGreaterThan(0);
    expect(waiting(fd)).toEqual(Array.from({ length: fitted }, (_, index) => String(index)));
    expect(send('later')).toEqual({ sent: true });
    expect(waiting(fd)).toEqual(['later']);
  });

  it('tells of a missing receiver, and finds it as soon as it is there', () => {
    expect(send('lost')).toEqual({ sent: false, errno: ENOENT });
    const fd = receive();
    expect(send('found')).toEqual({ sent: true });
    expect(waiting(fd)).toEqual(['found']);
  });

  it('tells of a receiver that ended, and reaches the next one after a close', () => {
    const first = receive();
    expect(send('first')).toEqual({ sent: true });
    end(first);
    expect(send('lost')).toEqual({ sent: false, errno: ECONNREFUSED });
    const second = receive();
    // The old connection never heals by itself.
    expect(send('lost too')).toEqual({ sent: false, errno: ENOTCONN });
    sender.close();
    expect(send('second')).toEqual({ sent: true });
    expect(waiting(second)).toEqual(['second']);
  });

  it('keeps no descriptor of a failed connection', () => {
    send('loads koffi');
    const before = readdirSync('/proc/self/fd').length;
    for (let count = 0; count < 50; count += 1) send('nobody');
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 50);
  });

  it('takes a path of 107 bytes and refuses a longer one at once', () => {
    expect(() => new UnixDatagram(`/${'x'.repeat(106)}`)).not.toThrow();
    expect(() => new UnixDatagram(`/${'x'.repeat(107)}`)).toThrow('over 107 bytes');
  });
});
