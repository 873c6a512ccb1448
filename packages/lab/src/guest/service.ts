import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { binaryPath } from '@piranha/common';
import { runDirectory } from '@piranha/protocol';
import type { Director } from './director.js';

const SCRIPT = fileURLToPath(new URL('../../../../etc/init.d/pulse', import.meta.url));

/**
 * `service pulse ACTION` on a director, by the init script, as if it had been started by that.
 * @param configurationFile its lvs.cf
 * @returns what the script prints on standard output
 */
export async function servicePulse(
  director: Director,
  configurationFile: string,
  action: 'restart',
): Promise<string> {
  const directory = `/run/lab/service-${director.name}`;
  mkdirSync(directory, { recursive: true });
  for (const name of ['pulse', 'lvsctl'] as const) {
    writeFileSync(`${directory}/${name}`, `#!/bin/sh\nexec ${process.execPath} ${binaryPath(name)} "$@"\n`);
    chmodSync(`${directory}/${name}`, 0o755);
  }
  const settings = {
    OPTIONS: `-c ${configurationFile} --run-dir ${director.directory} --log-dir ${director.directory}`,
    PULSE: `${directory}/pulse`,
    LVSCF: configurationFile,
    PIDFILE: runDirectory(director.directory).guardianPid,
    LOCKFILE: `${directory}/lock`,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(`${directory}/sysconfig`, lines.join(''));
  const environment = {
    ...director.environment(),
    PULSE_SYSCONFIG: `${directory}/sysconfig`,
    INITFUNCTIONS: `${directory}/none`,
  };
  return director.host.output('nice', ['-n', '5', 'sh', SCRIPT, action], environment);
}
