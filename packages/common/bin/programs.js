import { existsSync, readdirSync, statSync } from 'node:fs';

/** Every program of the suite: its package, and the module there that it runs. */
export const PROGRAMS = {
  ipvsu: ['userspace-director', 'main'],
  'lvs-realserver': ['real-server', 'main'],
  lvsctl: ['cli', 'main'],
  lvsd: ['lvs', 'main'],
  nanny: ['nanny', 'main'],
  'piranha-mail': ['notify', 'main'],
  pulse: ['pulse', 'main'],
  'pulse-worker': ['pulse', 'worker'],
  send_arp: ['send-arp', 'main'],
};

/** The folder of all packages. */
const PACKAGES = new URL('../../', import.meta.url);

/** Runs a program of the suite in this process; exit code 70 where nothing is built yet. */
export async function runProgram(name) {
  const program = programUrl(name);
  if (existsSync(program)) {
    await import(program.href);
  } else {
    process.stderr.write(`${name}: not built yet: run npm install, then npm run build\n`);
    process.exitCode = 70;
  }
}

/**
 * What a program runs: its bundle, which starts in half the time of hundreds of modules; or its module as it was built,
 * where the bundle is missing or older than any package.
 */
export function programUrl(name, packages = PACKAGES) {
  const [owner, module] = PROGRAMS[name];
  const bundle = new URL(`${owner}/bundle/${name}.js`, packages);
  return isNewest(bundle, packages) ? bundle : new URL(`${owner}/dist/${module}.js`, packages);
}

function isNewest(bundle, packages) {
  const bundledMs = changedMs(bundle);
  if (bundledMs === undefined) return false;
  const builds = readdirSync(packages).map((name) => new URL(`${name}/dist/.tsbuildinfo`, packages));
  return builds.every((build) => (changedMs(build) ?? 0) <= bundledMs);
}

function changedMs(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}
