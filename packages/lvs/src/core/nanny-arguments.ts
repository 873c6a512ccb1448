import type { ForwardingMethod, LvsConfiguration } from '@piranha/config';
import type { CheckTarget } from './check-targets.js';

const METHOD_LETTERS: Readonly<Record<ForwardingMethod, string>> = { nat: 'm', direct: 'g', tunnel: 'i' };

export interface NannyArgumentOptions {
  /** `-v`: more lines. */
  readonly verbose: boolean;
  /** lvsd itself runs in the foreground. */
  readonly foreground: boolean;
}

/** Seconds with at most three digits after the point, as nanny's options take them. */
function seconds(milliseconds: number): string {
  return String(Math.round(milliseconds) / 1000);
}

/** Nothing for an absent text. */
function textOption(option: string, text: string | undefined): string[] {
  return text === undefined ? [] : [option, text];
}

/**
 * The command line of one nanny, in the order of the original's, by which operators know nannies in `ps`:
 * `-c -h RIP -p VPORT -r RPORT [-f MARK] [-u] [-e PROG] [-s SEND] [-x EXPECT] [-q] [--regex] [-v] -a REENTRY
 * -I IPVSADM -t TIMEOUT -w WEIGHT -V VIP -M m|g|i [-U LOADCMD] [--nodaemon] --lvs`.
 */
export function nannyArguments(
  configuration: LvsConfiguration,
  { service, server }: CheckTarget,
  options: NannyArgumentOptions,
): string[] {
  const { check } = service;
  const words = ['-c', '-h', server.address, '-p', String(service.port), '-r', String(server.port)];
  if (service.firewallMark > 0) words.push('-f', String(service.firewallMark));
  if (service.protocol === 'udp') words.push('-u');
  words.push(...textOption('-e', check.sendProgram));
  words.push(...textOption('-s', check.send));
  words.push(...textOption('-x', check.expect));
  if (service.quiesceServer) words.push('-q');
  if (check.useRegex) words.push('--regex');
  if (options.verbose) words.push('-v');
  words.push('-a', seconds(check.reentryMs), '-I', configuration.ipvsadmPath, '-t', seconds(check.timeoutMs));
  words.push('-w', String(server.weight), '-V', service.address?.address ?? '0.0.0.0');
  words.push('-M', METHOD_LETTERS[server.forwarding]);
  words.push(...textOption('-U', loadCommand(configuration, check.loadMonitor)));
  // As in the original, a nanny of a service with a sorry server stays in the foreground too.
  if (options.foreground || service.sorryServer !== undefined) words.push('--nodaemon');
  words.push('--lvs');
  return words;
}

/** The load monitor `uptime` means: run it through rsh_command. */
function loadCommand(configuration: LvsConfiguration, loadMonitor: string | undefined): string | undefined {
  return loadMonitor === 'uptime' ? configuration.rshCommand : loadMonitor;
}
