import type { DemoOptions } from './options.js';
import { DEMO_CONFIGURATION, Stage } from './stage.js';

/** The demo without a terminal: plain log lines until a signal or the time ends it. */
export async function runPlain(options: DemoOptions): Promise<void> {
  const stage = await Stage.prepare((director, line) => process.stdout.write(`${director} ${line}\n`));
  const { address, port } = stage.vip;
  process.stdout.write(`demo: lvs.cf is ${DEMO_CONFIGURATION}\n`);
  process.stdout.write(`demo: serving http://${address}:${port}/ from ${stage.servers.length} servers\n`);
  const ended = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    process.once('SIGHUP', () => resolve());
    if (options.seconds !== undefined) setTimeout(resolve, options.seconds * 1_000);
  });
  stage.start();
  await ended;
  process.stdout.write('demo: stopping\n');
  await stage.stop();
  process.exit(0);
}
