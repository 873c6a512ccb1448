import { excerpt } from './dialogue.js';

/** What a MySQL server says of itself when a connection opens (protocol 10). */
export interface MysqlGreeting {
  readonly version: string;
  /** The salt of this connection, 20 bytes. */
  readonly nonce: Buffer;
  readonly plugin: string;
}

const NONCE_BYTES = 20;
const CAPABILITIES = 0x01 | 0x0200 | 0x8000 | 0x0008_0000; // long password, 4.1, secure connection, plugins
const UTF8MB4 = 45;
const PACKET_LIMIT_BYTES = 0xff_ffff;

/** Frames a packet. */
export function mysqlPacket(sequence: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(4);
  header.writeUIntLE(payload.length, 0, 3);
  header.writeUInt8(sequence & 0xff, 3);
  return Buffer.concat([header, payload]);
}

/** The text up to a zero byte and the place behind it; without one, all of the rest. */
function zeroEnded(payload: Buffer, from: number): { readonly text: string; readonly next: number } {
  const at = payload.indexOf(0, from);
  const end = at < 0 ? payload.length : at;
  return { text: payload.toString('latin1', from, end), next: end + 1 };
}

/** Reads the greeting; undefined for anything else than a complete one of protocol 10 with plugins. */
export function readGreeting(payload: Buffer): MysqlGreeting | undefined {
  if (payload[0] !== 10) return undefined;
  const { text: version, next } = zeroEnded(payload, 1);
  const fixed = next + 4; // behind the connection's id
  const second = fixed + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 10;
  if (payload.length < second + 13) return undefined;
  const nonce = Buffer.concat([payload.subarray(fixed, fixed + 8), payload.subarray(second, second + 12)]);
  const nonceBytes = payload.readUInt8(second - 11);
  const { text } = zeroEnded(payload, second + Math.max(13, nonceBytes - 8));
  return { version, nonce, plugin: text === '' ? 'mysql_native_password' : text };
}

/** The answer to the greeting: who logs in, and the proof of the password. */
export function loginPacket(user: string, proof: Uint8Array, plugin: string): Buffer {
  const fixed = Buffer.alloc(32);
  fixed.writeUInt32LE(CAPABILITIES, 0);
  fixed.writeUInt32LE(PACKET_LIMIT_BYTES, 4);
  fixed.writeUInt8(UTF8MB4, 8);
  const payload = [
    fixed,
    Buffer.from(`${user}\0`, 'utf8'),
    Buffer.from([proof.length]),
    proof,
    Buffer.from(`${plugin}\0`),
  ];
  return mysqlPacket(1, Buffer.concat(payload));
}

/** The server's wish for another way to log in; undefined when it is malformed or too old. */
export function readSwitch(payload: Buffer): { readonly plugin: string; readonly nonce: Buffer } | undefined {
  const { text: plugin, next } = zeroEnded(payload, 1);
  const nonce = payload.subarray(next, next + NONCE_BYTES);
  return plugin === '' || nonce.length < NONCE_BYTES ? undefined : { plugin, nonce };
}

/** The number and text of an error packet. */
export function readMysqlError(payload: Buffer): string {
  if (payload.length < 3) return 'an error without a number';
  const text = payload.subarray(payload[3] === 0x23 ? 9 : 3);
  return `error ${payload.readUInt16LE(1)} ${excerpt(text)}`;
}
