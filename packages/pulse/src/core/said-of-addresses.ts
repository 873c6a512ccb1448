import type { Duty } from '@piranha/protocol/beat';
import type { PulseEvent, PulseState } from './types.js';

/** What another director says of the addresses, in a word or in a beat. */
export interface Said {
  /** One of several directors; undefined for the partner of a pair. */
  readonly name: string | undefined;
  /** `lets go`: it had them until now. unclear: it hands them over, or is about to take them. */
  readonly has: 'yes' | 'no' | 'lets go' | 'unclear';
  /** It took them for it does not hear this node. */
  readonly asksRelease: boolean;
  /** What it said before; undefined where it was silent. */
  readonly before: 'yes' | 'no' | undefined;
  /** A word alone: "stopped" is said while handing over too. */
  readonly isVague: boolean;
}

const HAS: Readonly<Record<Duty, Said['has']>> = {
  active: 'yes',
  releasing: 'unclear',
  taking: 'unclear',
  dropping: 'lets go',
  standby: 'no',
  claiming: 'no',
};

/** What an event says of who has the addresses; undefined where it says nothing of it. @param state before the event */
export function saidOfAddresses(state: PulseState, event: PulseEvent): Said | undefined {
  if (event.type === 'heardOf') {
    const { from: name, duty, asksRelease } = event;
    const view = state.others?.views.find((one) => one.name === name);
    const isNews = view?.life !== 'alive';
    const before = isNews ? undefined : yesOrNo(view.duty === 'active');
    return { name, has: asksRelease ? 'yes' : HAS[duty], asksRelease, before, isVague: false };
  }
  if (event.type !== 'heard' || state.others !== undefined) return undefined;
  const { word, duty } = event;
  const { partnerWord } = state;
  const before = partnerWord === undefined ? undefined : yesOrNo(partnerWord === 'lvs running');
  const asksRelease = word === 'fos go inactive';
  const heard = { name: undefined, asksRelease, before, isVague: duty === undefined };
  if (asksRelease || word === 'lvs running') return { ...heard, has: 'yes' };
  return word === 'lvs stopped' ? { ...heard, has: HAS[duty ?? 'standby'] } : undefined;
}

function yesOrNo(isYes: boolean): 'yes' | 'no' {
  return isYes ? 'yes' : 'no';
}
