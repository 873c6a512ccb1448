import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type RunningServer, tcpServer } from './bad-servers.js';

/** Small servers that speak a protocol as it should be spoken, written apart from the code that is tested. */

export const PASSWORD = 'pa ss"wörd';

/** One that answers line by line; undefined ends the connection. */
function lineServer(greeting: string, answer: (line: string) => string | undefined): Promise<RunningServer> {
  return tcpServer((socket) => {
    let text = '';
    if (greeting !== '') socket.write(greeting);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      for (let at = text.indexOf('\r\n'); at >= 0; at = text.indexOf('\r\n')) {
        const reply = answer(text.slice(0, at));
        text = text.slice(at + 2);
        if (reply === undefined) return void socket.end();
        socket.write(reply);
      }
    });
  });
}

const smtp = () =>
  lineServer('220-mx.example\r\n220 ESMTP\r\n', (line) => {
    if (line === 'QUIT') return undefined;
    return line === 'EHLO director.example' ? '250-mx.example\r\n250-SIZE\r\n250 HELP\r\n' : '500 what\r\n';
  });

const ftp = () =>
  lineServer('220-hello\r\n 220 no end\r\n220 ready\r\n', (line) => {
    if (line === 'QUIT') return undefined;
    if (line === 'USER check') return '331 password\r\n';
    return line === `PASS ${PASSWORD}` ? '230 in\r\n' : '530 no\r\n';
  });

const pop = () =>
  lineServer('+OK ready\r\n', (line) => {
    if (line === 'QUIT') return undefined;
    return line === 'USER check' || line === `PASS ${PASSWORD}` ? '+OK\r\n' : '-ERR no\r\n';
  });

const imap = () =>
  lineServer('* OK ready\r\n', (line) => {
    if (line.endsWith('LOGOUT')) return undefined;
    const quoted = PASSWORD.replaceAll('"', '\\"');
    const isGood = line === `c1 LOGIN "check" "${quoted}"` || line === 'c1 NOOP';
    return isGood ? '* 3 EXISTS\r\nc1 OK done\r\n' : 'c1 NO no\r\n';
  });

const redis = () => {
  const wanted = `*3\r\n$4\r\nAUTH\r\n$5\r\ncheck\r\n$${Buffer.byteLength(PASSWORD)}\r\n${PASSWORD}\r\n`;
  return tcpServer((socket) => {
    let isIn = false;
    socket.on('data', (chunk: Buffer) => {
      const text = chunk.toString();
      if (text === wanted) isIn = true;
      if (text.includes('AUTH')) socket.write(isIn ? '+OK\r\n' : '-WRONGPASS\r\n');
      else socket.write(isIn ? '+PONG\r\n' : '-NOAUTH\r\n');
    });
  });
};

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');

const ldap = () =>
  tcpServer((socket) =>
    socket.on('data', (chunk: Buffer) => {
      const operation = chunk[5];
      if (operation === 0x42) socket.end();
      if (operation === 0x60) {
        socket.write(
          hex(
            chunk.includes(PASSWORD) ? '300c0201016107 0a0100 0400 0400' : '300c0201016107 0a0131 0400 0400',
          ),
        );
      }
      if (operation === 0x63) {
        socket.write(
          hex('3013 020102 640e 040a 64633d6578616d706c65 3000 300c 020102 6507 0a0100 0400 0400'),
        );
      }
    }),
  );

function xor(first: Buffer, second: Buffer): Buffer {
  return Buffer.from(first.map((byte, at) => byte ^ (second[at] ?? 0)));
}

const sha1 = (...parts: readonly (Buffer | string)[]) => {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** Wants mysql_native_password, after a greeting that names another default. */
const mysql = () =>
  tcpServer((socket) => {
    const nonce = Buffer.from('ABCDEFGHIJKLMNOPQRST');
    const send = (sequence: number, payload: Buffer) =>
      socket.write(Buffer.concat([Buffer.from([payload.length, 0, 0, sequence]), payload]));
    send(
      0,
      Buffer.concat([
        Buffer.from('\x0a11.4-MariaDB\0\x01\0\0\0', 'latin1'),
        nonce.subarray(0, 8),
        hex('00 fff7 2d 0200 ff81 15 00000000000000000000'),
        nonce.subarray(8),
        Buffer.from('\0caching_sha2_password\0'),
      ]),
    );
    socket.on('data', (chunk: Buffer) => {
      if (chunk[3] === 1) {
        return void send(
          2,
          Buffer.concat([Buffer.from('\xfemysql_native_password\0', 'latin1'), nonce, Buffer.from([0])]),
        );
      }
      if (chunk[3] !== 3) return void socket.end();
      const proof = chunk.subarray(4);
      const stored = sha1(sha1(PASSWORD));
      const isGood = sha1(xor(proof, sha1(nonce, stored))).equals(stored);
      send(4, isGood ? Buffer.from([0, 0, 0, 2, 0, 0, 0]) : Buffer.from('\xff\x15\x04#28000no', 'latin1'));
    });
  });

/** Wants SCRAM-SHA-256. */
const postgresql = () => tcpServer(servePostgresql);

function servePostgresql(socket: Socket): void {
  const send = (type: string, ...parts: readonly (Buffer | string)[]) => {
    const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length + 4);
    socket.write(Buffer.concat([Buffer.from(type), length, body]));
  };
  const salt = Buffer.from('a salt of its own');
  const salted = pbkdf2Sync(PASSWORD, salt, 4096, 32, 'sha256');
  const hmac = (key: Buffer, data: string) => createHmac('sha256', key).update(data).digest();
  const clientKey = hmac(salted, 'Client Key');
  let bare = '';
  let first = '';
  socket.on('data', (chunk: Buffer) => {
    const text = chunk.toString('latin1');
    if (text.startsWith('X')) return void socket.end();
    if (!text.startsWith('p')) return send('R', hex('0000000a'), 'SCRAM-SHA-256\0\0');
    if (text.includes('n,,')) {
      bare = text.slice(text.indexOf('n,,') + 3);
      first = `${bare.replace('n=,', '')}more,s=${salt.toString('base64')},i=4096`;
      return send('R', hex('0000000b'), first);
    }
    const [withoutProof = '', proof = ''] = text.slice(5).split(',p=');
    const signed = `${bare},${first},${withoutProof}`;
    const stored = createHash('sha256').update(clientKey).digest();
    if (!xor(Buffer.from(proof, 'base64'), hmac(stored, signed)).equals(clientKey)) {
      return send('E', 'SFATAL\0C28P01\0Mpassword authentication failed\0\0');
    }
    const signature = hmac(hmac(salted, 'Server Key'), signed).toString('base64');
    send('R', hex('0000000c'), `v=${signature}`);
    send('R', hex('00000000'));
    send('S', 'server_version\x0017\0');
    send('Z', 'I');
  });
}

/** The answer to a question for www.example: two addresses. */
export function dnsAnswer(query: Buffer, flags: string): Buffer {
  const record = (last: string) => `c00c 0001 0001 0000003c 0004 0a0000${last}`;
  const records = flags === '8380' ? '' : record('01') + record('02');
  const count = records === '' ? '0000' : '0002';
  return Buffer.concat([
    query.subarray(0, 2),
    hex(`${flags} 0001 ${count} 0000 0000`),
    query.subarray(12),
    hex(records),
  ]);
}

const dnsOverTcp = () =>
  tcpServer((socket) => {
    socket.on('data', (chunk: Buffer) => {
      const answer = dnsAnswer(chunk.subarray(2), '8180');
      socket.write(Buffer.concat([Buffer.from([0, answer.length]), answer]));
    });
  });

/** A datagram server that answers with what `answer` makes of a question. */
export async function datagramServer(
  answer: (datagram: Buffer) => Buffer | undefined,
  port = 0,
): Promise<RunningServer> {
  const socket = createSocket('udp4');
  socket.on('message', (datagram, peer) => {
    const reply = answer(datagram);
    if (reply) socket.send(reply, peer.port, peer.address);
  });
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return {
    target: { address: '127.0.0.1', port: socket.address().port },
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

const dns = () => datagramServer((query) => dnsAnswer(query, '8180'));

/** Says over UDP that the answer does not fit, and gives it over TCP. */
async function dnsCutShort(): Promise<RunningServer> {
  const tcp = await dnsOverTcp();
  const udp = await datagramServer((query) => dnsAnswer(query, '8380'), tcp.target.port);
  return {
    target: udp.target,
    close: async () => {
      await udp.close();
      await tcp.close();
    },
  };
}

const answering = (answer: Buffer | string) => () =>
  tcpServer((socket) => socket.on('data', () => socket.write(answer)));

/** One good server for each kind of protocol; the open ones want no password. */
export const GOOD_SERVERS = {
  smtp,
  ftp,
  pop,
  imap,
  redis,
  ldap,
  mysql,
  postgresql,
  dns,
  'open redis': answering('+PONG\r\n'),
  'open ldap': answering(hex('300c0201016107 0a0100 0400 0400')),
  'dns over tcp': dnsOverTcp,
  'dns cut short': dnsCutShort,
} as const;
