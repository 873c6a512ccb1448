// Prints each ARP frame and each neighbour advertisement of its network namespace as hexadecimal digits, one a line,
// after a first line `ready`. With the word `ipv4` every IPv4 packet too. Ends with its parent.
import { writeSync } from 'node:fs';
import { libc } from '@piranha/net';

const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const ALL_PROTOCOLS_BIG_ENDIAN = 0x0300;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SO_RCVBUFFORCE = 33;

const fd = libc().socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, ALL_PROTOCOLS_BIG_ENDIAN);
if (fd < 0) throw new Error(`socket: errno ${libc().errno()}`);
const size = Buffer.alloc(4);
size.writeInt32LE(16 * 1024 * 1024);
libc().setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, size, size.length);
const oneSecond = Buffer.alloc(16);
oneSecond.writeBigInt64LE(1n);
libc().setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, oneSecond, oneSecond.length);

const parent = process.ppid;
const withIpv4 = process.argv[2] === 'ipv4';
const buffer = Buffer.alloc(2_048);
writeSync(1, 'ready\n');
while (process.ppid === parent) {
  const length = libc().recv(fd, buffer, buffer.length, 0);
  if (length > 0 && isWanted(buffer.subarray(0, length))) {
    writeSync(1, `${buffer.toString('hex', 0, length)}\n`);
  }
}

function isWanted(frame) {
  const etherType = frame.readUInt16BE(12);
  if (etherType === 0x0806 || (withIpv4 && etherType === 0x0800)) return true;
  return etherType === 0x86dd && frame.length > 54 && frame[20] === 58 && frame[54] === 136;
}
