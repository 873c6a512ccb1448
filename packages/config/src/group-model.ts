import type { DeviceAddress } from './model.js';

/** Virtual servers whose addresses move together, apart from those of other groups. */
export interface VipGroupConfig {
  /** 1 to 32 of `A-Z a-z 0-9 . _ -`, never `main`. */
  readonly name: string;
  /** Line of the block's header, from 1. */
  readonly line: number;
  /** Names of its virtual servers, in the order of the file. */
  readonly virtuals: readonly string[];
  /** The director that is to hold it while both are well. */
  readonly preferred: 'primary' | 'backup';
  /** An address that its real servers have as their gateway, and that moves with it. */
  readonly natRouter: DeviceAddress | undefined;
}
