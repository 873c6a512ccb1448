import type { AgentConfig, ForwardingMethod, LvsConfiguration, WatchConfig } from '@piranha/config';
import { type CheckTarget, watchTimes } from './check-targets.js';

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

function numberOption(option: string, value: number | undefined): string[] {
  return value === undefined ? [] : [option, String(value)];
}

function secondsOption(option: string, milliseconds: number | undefined): string[] {
  return milliseconds === undefined ? [] : [option, seconds(milliseconds)];
}

/**
 * The command line of one nanny, in the order of the original's, by which operators know nannies in `ps`:
 * `-c -h RIP -p VPORT -r RPORT [-f MARK] [-u] [-e PROG] [-s SEND] [-x EXPECT] [-q] [--regex] [-v] -a REENTRY
 * -I IPVSADM -t TIMEOUT -w WEIGHT -V VIP -M m|g|i [-U LOADCMD] [--nodaemon] --lvs`; behind that what is ours.
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
  const { timeoutMs, reentryMs } = watchTimes({ service, server });
  words.push('-a', seconds(reentryMs), '-I', configuration.ipvsadmPath, '-t', seconds(timeoutMs));
  words.push('-w', String(server.weight), '-V', service.address?.address ?? '0.0.0.0');
  words.push('-M', METHOD_LETTERS[server.forwarding]);
  words.push(...textOption('-U', loadCommand(configuration, check.loadMonitor)));
  // As in the original, a nanny of a service with a sorry server stays in the foreground too.
  if (options.foreground || service.sorryServer !== undefined) words.push('--nodaemon');
  words.push('--lvs', ...watchWords(server.watch), ...agentWords(server.weighing?.agent));
  return words;
}

function agentWords(agent: AgentConfig | undefined): string[] {
  if (agent === undefined) return [];
  return [
    '--agent',
    agent.path === undefined ? `tcp:${agent.port}` : `http:${agent.port}${agent.path}`,
    ...secondsOption('--agent-interval', agent.intervalMs),
    ...(agent.number === (agent.path === undefined ? 'idle' : 'load')
      ? []
      : ['--agent-number', agent.number]),
    '--agent-hold',
    seconds(agent.holdMs),
  ];
}

/** What the original's nanny did not know stands behind all that it did. */
function watchWords(watch: WatchConfig | undefined): string[] {
  if (watch === undefined) return [];
  return [
    ...numberOption('--rise', watch.rise),
    ...numberOption('--fall', watch.fall),
    ...secondsOption('--check-interval', watch.intervalMs),
    ...secondsOption('--fast-interval', watch.fastIntervalMs),
    ...secondsOption('--down-interval', watch.downIntervalMs),
    ...secondsOption('--connect-timeout', watch.connectTimeoutMs),
    ...numberOption('--retry', watch.retries),
    ...secondsOption('--retry-delay', watch.retryDelayMs),
    ...textOption('--initial-state', watch.initialState),
    ...secondsOption('--warmup', watch.warmupMs),
    ...textOption('--check-address', watch.checkAddress),
    ...numberOption('--check-port', watch.checkPort),
  ];
}

/** The load monitor `uptime` means: run it through rsh_command. */
function loadCommand(configuration: LvsConfiguration, loadMonitor: string | undefined): string | undefined {
  return loadMonitor === 'uptime' ? configuration.rshCommand : loadMonitor;
}
