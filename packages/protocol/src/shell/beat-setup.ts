import { UserError } from '@piranha/common';
import { leastRoomBytes } from '../core/beat-codec.js';
import type { BeatNames } from '../core/beat-names.js';
import { type BeatKeyRing, loadBeatKeys } from './beat-keys.js';

/**
 * Everything that must be right before a node may speak by the keys of a file.
 * @throws UserError as loadBeatKeys; `BEAT_NO_ROOM` when the fullest beat with these names would not fit into a packet
 */
export function loadBeatSetup(file: string, names: BeatNames): BeatKeyRing {
  const room = leastRoomBytes(names.node, names.groups, names.peers, names.paths);
  if (room < 0) {
    throw new UserError(`heartbeats could be ${-room} bytes too long for a packet`, {
      code: 'BEAT_NO_ROOM',
      hint: 'fewer groups or nodes, or shorter names',
    });
  }
  return loadBeatKeys(file);
}
