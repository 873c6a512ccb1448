/** The own heartbeat protocol: codec, envelope, sessions, keys. A door of its own: the control sockets need none of it. */
export * from './core/announcement.js';
export * from './core/beat.js';
export * from './core/beat-codec.js';
export * from './core/beat-names.js';
export * from './core/beat-session.js';
export * from './core/beat-transfer.js';
export * from './core/envelope.js';
export * from './shell/beat-crypto.js';
export * from './shell/beat-keys.js';
export * from './shell/beat-setup.js';
export * from './shell/key-agreement.js';
export * from './shell/sync-keys.js';
