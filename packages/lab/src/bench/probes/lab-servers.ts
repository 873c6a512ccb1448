import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { signalProcess } from '@piranha/common';

export const PORT = 8_080;
export const DIRECTORY = '/run/lab/probes';

/** Every real server is an address of this machine, where a small program takes and closes connections. */
export function openRealServers(): ChildProcess {
  mkdirSync(DIRECTORY, { recursive: true });
  for (const words of ['route add local 10.1.0.0/16 dev lo', 'addr add 10.0.0.9/32 dev lo'])
    execFileSync('ip', words.split(' '));
  const file = `${DIRECTORY}/haproxy.cfg`;
  const limits = 'global\n  maxconn 4000\ndefaults\n  mode http\n  timeout client 5s\n';
  writeFileSync(file, `${limits}frontend all\n  bind 0.0.0.0:${PORT}\n`);
  // A machine this slow takes its time to start a program.
  process.env.PIRANHA_PATIENCE = '20';
  return spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' });
}

/** Ends a program in order, and waits for its end. */
export async function ended(child: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => child.once('exit', resolve));
  signalProcess(child.pid ?? 0, 'SIGTERM');
  await exit;
}
