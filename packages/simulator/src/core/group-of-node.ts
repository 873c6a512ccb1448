import type { MaintenanceOrder, PulseSettings, PulseState } from '@piranha/pulse/machines';
import type { SimulatedNode } from './simulated-node.js';

/** A node as one group of addresses has it: what is promised is promised of each group for itself. */
export class GroupOfNode {
  private readonly isWhole: boolean;

  constructor(
    readonly node: SimulatedNode,
    private readonly group: string,
  ) {
    this.isWhole = node.plans.length === 1;
  }

  get role() {
    return this.node.role;
  }

  get partner() {
    return this.node.partner;
  }

  get others() {
    return this.node.others;
  }

  get settings(): PulseSettings {
    return this.node.settings;
  }

  get vips(): readonly string[] {
    return this.node.vipsOf(this.group);
  }

  /** How many of the group's addresses are on this machine. */
  get addressCount(): number {
    const { node } = this;
    return this.isWhole ? node.addresses.size : this.vips.filter((vip) => node.addresses.has(vip)).length;
  }

  get state(): PulseState | undefined {
    return this.node.pulse?.stateOf(this.group);
  }

  get takeovers(): number {
    return this.node.takeovers(this.group);
  }

  get order(): MaintenanceOrder | undefined {
    return this.node.order;
  }
}
