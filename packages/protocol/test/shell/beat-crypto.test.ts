import { createCipheriv, createSecretKey, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BeatCrypto, isEnvelope, openPacket, PACKET_LIMIT_BYTES, sealPacket } from '../../src/beat.js';
import { encodeHeartbeat } from '../../src/index.js';
import { drawnRing } from '../support/beats.js';

const BOOT = '0123456789abcdef';
const body = Buffer.from('{"n":"left"}');
const header = { keyId: 1, boot: BOOT, sequence: 1, sealed: true };
const ring = drawnRing(1, 0xffff_ffff);

describe('a packet', () => {
  it('brings header and body back', () => {
    const sender = new BeatCrypto(ring);
    const receiver = new BeatCrypto(ring);
    const headers = fc.record({
      keyId: fc.constantFrom(1, 0xffff_ffff),
      boot: fc.stringMatching(/^[0-9a-f]{16}$/),
      sequence: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      sealed: fc.boolean(),
    });
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 1_188 }), (head, bytes) => {
        const packet = sealPacket(sender, head, Buffer.from(bytes));
        expect(packet.length).toBe(bytes.length + 44);
        expect(openPacket(receiver, packet)).toEqual({
          type: 'packet',
          header: head,
          body: Buffer.from(bytes),
        });
      }),
    );
  });

  it('is laid out as documented, with keys by RFC 5869', () => {
    const secret = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
    const known = { sendId: 7, secrets: new Map([[7, createSecretKey(secret)]]) };
    const packet = sealPacket(new BeatCrypto(known), { ...header, keyId: 7, sequence: 2 ** 32 + 5 }, body);
    expect(packet.toString('hex', 0, 28)).toBe(`5049523101010000${'00000007'}${BOOT}0000000100000005`);
    const key = hkdfSync('sha256', secret, 'piranha beat 1', Buffer.from(BOOT, 'hex'), 32);
    const nonce = Buffer.from('000000000000000100000005', 'hex');
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(key), nonce);
    cipher.setAAD(packet.subarray(0, 28));
    expect(packet.subarray(28, -16)).toEqual(Buffer.concat([cipher.update(body), cipher.final()]));
    expect(packet.subarray(-16)).toEqual(cipher.getAuthTag());
  });

  it('can be read by anybody when it is only authenticated, by nobody when it is encrypted', () => {
    const crypto = new BeatCrypto(ring);
    expect(sealPacket(crypto, { ...header, sealed: false }, body).includes(body)).toBe(true);
    expect(sealPacket(crypto, header, body).includes(body)).toBe(false);
  });

  it.each([true, false])('with any bit turned is refused (encrypted: %s)', (sealed) => {
    const packet = sealPacket(new BeatCrypto(ring), { ...header, sealed }, body);
    const receiver = new BeatCrypto(ring);
    for (let bit = 0; bit < packet.length * 8; bit += 1) {
      const copy = Buffer.from(packet);
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openPacket(receiver, copy).type).toBe('refused');
    }
    expect(openPacket(receiver, packet).type).toBe('packet');
  });

  it('of any other length is refused', () => {
    const packet = sealPacket(new BeatCrypto(ring), header, body);
    const receiver = new BeatCrypto(ring);
    for (let length = 0; length < packet.length; length += 1) {
      expect(openPacket(receiver, packet.subarray(0, length)).type).toBe('refused');
    }
    expect(openPacket(receiver, Buffer.concat([packet, Buffer.alloc(1)])).type).toBe('refused');
  });

  it('is refused with a reason that tells faults apart', () => {
    const crypto = new BeatCrypto(ring);
    const packet = sealPacket(crypto, header, body);
    const changed = (at: number, value: number): Buffer => {
      const copy = Buffer.from(packet);
      copy[at] = value;
      return copy;
    };
    const reason = (datagram: Buffer) => {
      const verdict = openPacket(crypto, datagram);
      return verdict.type === 'refused' ? verdict.reason : verdict.type;
    };
    expect([
      reason(encodeHeartbeat('lvs running')),
      reason(packet.subarray(0, 43)),
      reason(Buffer.concat([packet, Buffer.alloc(PACKET_LIMIT_BYTES)])),
      reason(changed(4, 2)),
      reason(changed(5, 2)),
      reason(changed(7, 1)),
      reason(changed(27, 0)),
      reason(changed(20, 0x40)),
      reason(changed(11, 9)),
      reason(changed(30, 0)),
    ]).toEqual([
      'no envelope',
      'too short',
      'too long',
      'other version',
      'bad header',
      'bad header',
      'bad header',
      'bad header',
      'unknown key',
      'not authentic',
    ]);
  });

  it('of another secret under the same id is refused', () => {
    const packet = sealPacket(new BeatCrypto(drawnRing(1)), header, body);
    expect(openPacket(new BeatCrypto(ring), packet)).toEqual({ type: 'refused', reason: 'not authentic' });
  });

  it('is told from the words of the original', () => {
    expect(isEnvelope(sealPacket(new BeatCrypto(ring), header, body))).toBe(true);
    expect(isEnvelope(encodeHeartbeat('lvs stopped'))).toBe(false);
    expect(isEnvelope(Buffer.from('PI'))).toBe(false);
  });

  it('is not made of what cannot be sent', () => {
    const crypto = new BeatCrypto(ring);
    expect(() => sealPacket(crypto, { ...header, sequence: 0 }, body)).toThrow(RangeError);
    expect(() => sealPacket(crypto, header, Buffer.alloc(1_189))).toThrow(RangeError);
    expect(() => sealPacket(crypto, { ...header, keyId: 2 }, body)).toThrow('no key 2');
  });

  it('still opens after many other lives', () => {
    const sender = new BeatCrypto(ring);
    const receiver = new BeatCrypto(ring);
    for (let life = 0; life < 200; life += 1) {
      const boot = life.toString(16).padStart(16, '0');
      expect(openPacket(receiver, sealPacket(sender, { ...header, boot }, body)).type).toBe('packet');
    }
    expect(openPacket(receiver, sealPacket(sender, { ...header, boot: '0'.repeat(16) }, body)).type).toBe(
      'packet',
    );
  });
});
