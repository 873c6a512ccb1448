import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import type { BeatKeyRing } from '@piranha/protocol/beat';
import type { HeartbeatPath } from '../../core/settings.js';

/** Of what a channel to the partner is made. */
export interface SyncLine {
  readonly paths: readonly HeartbeatPath[];
  readonly port: number;
  readonly node: string;
  readonly peer: string;
  readonly ring: BeatKeyRing;
}

/** How long a peer may take, ms. */
export interface SyncLimits {
  readonly handshakeMs: number;
  /** In which a request or an answer must be across. */
  readonly transferMs: number;
}

export const SYNC_LIMITS: SyncLimits = { handshakeMs: 5_000, transferMs: 20_000 };
/** A file of 4 MiB in base64, and the words around it. */
export const SYNC_FRAME_LIMIT_BYTES = 6 * 1024 * 1024;

/**
 * A pre-shared key with a fresh Diffie-Hellman exchange, and nothing else: no certificate, no older version. A ticket would
 * outlive the key of the file by which it was earned.
 */
export const SYNC_TLS: SecureContextOptions = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_128_GCM_SHA256',
  ca: [],
  secureOptions: constants.SSL_OP_NO_TICKET,
};
