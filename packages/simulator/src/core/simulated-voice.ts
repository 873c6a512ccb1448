import type { HeartbeatWord } from '@piranha/protocol';
import type { Beat } from '@piranha/protocol/beat';
import { type BeatKeys, BeatVoice, type NodeGroups, silenceMs } from '@piranha/pulse/machines';
import type { Packet } from './network.js';
import { SimulatedAnnouncement, wordIn } from './simulated-announcement.js';
import { simulatedContent } from './simulated-beats.js';
import { agreedKeys, drawnBoot, PATH_NAMES, SIMULATED_KEYS } from './simulated-keys.js';
import type { SimulatedNode } from './simulated-node.js';
import type { World } from './world.js';

/** How a simulated pulse speaks, as pulse's own line does: words, beats by a key, or both where a key is agreed on. */
export class SimulatedVoice {
  /** Undefined as long as words alone are spoken. */
  beats: BeatVoice | undefined;
  private readonly announced: SimulatedAnnouncement | undefined;
  private sent = 0;

  constructor(
    private readonly world: World,
    private readonly node: SimulatedNode,
  ) {
    if (world.hasKey) this.beats = this.newBeats(SIMULATED_KEYS);
    if (world.isAnnounced !== true) return;
    this.announced = new SimulatedAnnouncement(world, node);
    this.useAgreed();
  }

  /** Sends on every path. @param asking a group whose release is asked for */
  say(groups: NodeGroups, word: HeartbeatWord | undefined, asking?: string): void {
    const { beats, node, announced } = this;
    if (beats !== undefined) {
      const content = simulatedContent(node, groups, word, asking);
      this.sent += 1;
      node.send((path) => beats.say(content, { name: PATH_NAMES[path], sent: this.sent }, node.localMs()));
    }
    if (word !== undefined && !this.world.hasKey) node.send(() => announced?.announce(word) ?? word);
  }

  /**
   * A word came. With a key nothing but beats is believed; with one that was agreed on, while beats come.
   * @returns undefined where it counts for nothing; `isNewKey`: an answer brings the partner to it soonest
   */
  hearWord(packet: Packet): { readonly word: HeartbeatWord; readonly isNewKey: boolean } | undefined {
    const word = wordIn(packet);
    if (word === undefined || this.believesBeats) return undefined;
    const isNewKey = this.announced?.hear(packet) === true;
    if (isNewKey) this.useAgreed();
    return { word, isNewKey };
  }

  /** Whether the partner's beats count, and not its words. */
  get believesBeats(): boolean {
    const { world, node, beats } = this;
    const silentMs = silenceMs(node.settingsInUse);
    return world.hasKey || world.machines.beatsCount(beats?.session, silentMs, node.localMs());
  }

  /** What another director said of itself last, where its beats count. */
  viewOf(name: string): Beat | undefined {
    const isPassedOver = this.world.isAnnounced === true && !this.believesBeats;
    return isPassedOver ? undefined : this.beats?.sessionOf(name)?.beat;
  }

  private useAgreed(): void {
    const keys = agreedKeys(this.node.agreed);
    if (keys === undefined) return;
    if (this.beats === undefined) this.beats = this.newBeats(keys);
    else this.beats.useKeys(keys);
  }

  private newBeats(keys: BeatKeys): BeatVoice {
    const { role, others } = this.node;
    const { random, machines } = this.world;
    const life = { node: role, boot: drawnBoot(random) };
    return new BeatVoice(life, others, keys, 0, machines.receiveBeat);
  }
}
