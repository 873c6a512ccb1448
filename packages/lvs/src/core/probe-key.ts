import { checksOf, type LvsConfiguration } from '@piranha/config';
import type { CheckTarget } from './check-targets.js';
import { type NannyArgumentOptions, nannyArguments } from './nanny-arguments.js';

/** Of the virtual port only one thing counts: without words of its own, a service on port 80 is a web server. */
const WEB_PORT = 80;

/**
 * Says for what a check is good, not for whom: real services whose texts are equal get the same verdict, so one probe is
 * enough for all of them. Everything that a nanny is told is in it but for what no check looks at; a word that is added one
 * day is in it by itself.
 */
export function probeKey(
  configuration: LvsConfiguration,
  { service, server }: Pick<CheckTarget, 'service' | 'server'>,
  options: NannyArgumentOptions,
): string {
  const set = checksOf(service.check, server);
  // Such a program is told of the virtual server: it is another check for each.
  const isTold =
    set?.specs.some((spec) => spec.kind === 'program' && spec.arguments === 'ldirectord') === true;
  const port = service.port === WEB_PORT ? WEB_PORT : 0;
  const nobody = isTold ? {} : { address: undefined, port };
  const plain = { ...service, ...nobody, firewallMark: 0, quiesceServer: false, sorryServer: undefined };
  const target = { id: '', service: plain, server: { ...server, weight: 0, forwarding: 'nat' as const } };
  return JSON.stringify([nannyArguments(configuration, target, options), set?.require, set?.specs]);
}
