import type { WitnessTarget } from '@piranha/config';
import type { Asker, Told } from './asker.js';
import { EchoAsker } from './echo-asker.js';
import { GatewayAsker } from './gateway-asker.js';
import { HttpAsker } from './http-asker.js';
import { TcpAsker } from './tcp-asker.js';

/** The way of asking that a witness of lvs.cf wants. Never throws: what is missing is told when a question fails. */
export function openAsker(target: WitnessTarget, told: Told): Asker {
  switch (target.kind) {
    case 'gateway':
      return new GatewayAsker(target.address, told);
    case 'ping':
      return new EchoAsker(target.address, told);
    case 'tcp':
      return new TcpAsker(target, told);
    case 'http':
      return new HttpAsker(target, told);
  }
}
