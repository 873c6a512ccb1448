import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { errorText, monotonicNowMs, signalProcess } from '@piranha/common';
import { type LvsdStatus, type PulseStatus, runDirectory } from '@piranha/protocol';
import { Tally } from '../core/tally.js';
import { renderView, type ViewDirector, type ViewServer, type ViewState } from '../core/view.js';
import type { DemoDirector } from './director.js';
import { Load } from './load.js';
import type { DemoOptions } from './options.js';
import { Screen } from './screen.js';
import { DEMO_CONFIGURATION, Stage, serverStatus } from './stage.js';

const REQUESTS_PER_SECOND = 20;
const REDRAW_MS = 250;
const LOG_LINES_KEPT = 200;

/** The demo on a terminal: a live screen and keys that break things. */
class LiveDemo {
  private readonly screen = new Screen();
  private readonly logLines: string[] = [];
  private readonly load: Load;
  private readonly tally = new Tally();
  private message = 'starting';
  private isLoaded = false;
  private killedDirector: DemoDirector | undefined;
  private readonly keys: Readonly<Record<string, () => void | Promise<void>>>;

  constructor(
    private readonly stage: Stage,
    private readonly quit: () => void,
  ) {
    const { address, port } = stage.vip;
    this.load = new Load({
      host: address,
      port,
      requestsPerSecond: REQUESTS_PER_SECOND,
      slowEach: Number.POSITIVE_INFINITY,
      slowMs: 0,
    });
    this.keys = {
      '1': () => this.toggleServer(0),
      '2': () => this.toggleServer(1),
      '3': () => this.toggleServer(2),
      p: () => this.killDaemon('pulse', ({ pulsePid }) => pulsePid),
      l: () => this.killDaemon('lvsd', ({ lvsdPid }) => lvsdPid),
      u: () => this.killDaemon('ipvsu', ({ ipvsuPid }) => ipvsuPid),
      n: () => this.killNanny(),
      d: () => this.toggleDirector(),
      h: () => this.handover(),
      q: () => this.quit(),
      '\u0003': () => this.quit(),
    };
  }

  addLine(director: string, line: string): void {
    this.logLines.push(stripVTControlCharacters(`${director} ${line}`));
    if (this.logLines.length > LOG_LINES_KEPT) this.logLines.shift();
  }

  start(): void {
    this.stage.start();
    this.screen.open((key) => void this.press(key));
    const redraw = (): void => {
      void this.draw().finally(() => setTimeout(redraw, REDRAW_MS));
    };
    redraw();
  }

  close(): void {
    this.screen.close();
    void this.load.stop();
  }

  private async press(key: string): Promise<void> {
    try {
      await this.keys[key]?.();
    } catch (error) {
      this.message = errorText(error);
    }
  }

  private toggleServer(index: number): void {
    const name = this.stage.servers[index]?.name;
    if (name === undefined) return;
    const runs = this.stage.serverRuns(name);
    if (runs) void this.stage.killServer(name);
    else this.stage.startServer(name);
    this.message = `server ${name} was ${runs ? 'killed' : 'revived'}`;
  }

  private async activeOrTell(): Promise<DemoDirector | undefined> {
    const active = await this.stage.active();
    if (active === undefined) this.message = 'no director is active at the moment';
    return active;
  }

  private async killDaemon(
    name: string,
    file: (files: ReturnType<typeof runDirectory>) => string,
  ): Promise<void> {
    const active = await this.activeOrTell();
    if (active === undefined) return;
    signalProcess(Number(readFileSync(file(runDirectory(active.directory)), 'utf8')), 'SIGKILL');
    this.message = `${name} on director ${active.name} was killed`;
  }

  private async killNanny(): Promise<void> {
    const active = await this.activeOrTell();
    const pids =
      (await active?.lvsdStatus())?.services[0]?.servers.flatMap(({ nannyPid }) => nannyPid ?? []) ?? [];
    const [pid] = pids;
    if (active === undefined || pid === undefined) return;
    signalProcess(pid, 'SIGKILL');
    this.message = `nanny ${pid} on director ${active.name} was killed`;
  }

  private async toggleDirector(): Promise<void> {
    const dead = this.killedDirector;
    if (dead !== undefined) {
      this.killedDirector = undefined;
      await dead.kill();
      dead.start();
      this.message = `director ${dead.name} was revived`;
      return;
    }
    const active = await this.activeOrTell();
    if (active === undefined) return;
    await active.kill();
    this.killedDirector = active;
    this.message = `every process of director ${active.name} was killed; d revives it`;
  }

  private async handover(): Promise<void> {
    const active = await this.activeOrTell();
    if (active === undefined) return;
    this.message = `director ${active.name} hands over`;
    const answer = await active.handover();
    this.message = answer === undefined ? 'pulse did not answer' : `${answer.text} (${answer.durationMs} ms)`;
  }

  /** Requests before anybody can serve would only show a start as a failure. */
  private startLoadOnce(lvsd: LvsdStatus | undefined): void {
    if (this.isLoaded || lvsd?.ready !== true) return;
    this.isLoaded = true;
    this.message = 'serving; press a key to break something';
    this.load.start();
  }

  private async draw(): Promise<void> {
    const { directors } = this.stage;
    const pulse = await Promise.all(directors.map((director) => director.pulseStatus()));
    const held = await Promise.all(directors.map((director) => director.held()));
    const active = directors.find((_, index) => pulse[index]?.active === true) ?? directors[0];
    const lvsd = await active.lvsdStatus();
    this.startLoadOnce(lvsd);
    const { address, port } = this.stage.vip;
    // Taken out, not only read: the live demo may run for days.
    this.tally.add(this.load.entries.splice(0));
    const state: ViewState = {
      configFile: DEMO_CONFIGURATION,
      url: `http://${address}:${port}/`,
      directors: directors.map((director, index) =>
        viewDirector(director, pulse[index], held[index]?.includes(address) === true),
      ),
      servers: this.stage.servers.map(({ name }) => viewServer(lvsd, name)),
      requestsPerSecond: this.tally.perSecond(monotonicNowMs()),
      completed: this.tally.completed,
      failed: this.tally.failed,
      message: this.message,
      logLines: this.logLines,
    };
    const colour = process.env.NO_COLOR === undefined;
    this.screen.draw(renderView(state, { ...this.screen.size, colour }));
  }
}

function viewDirector(
  director: DemoDirector,
  status: PulseStatus | undefined,
  holdsVip: boolean,
): ViewDirector {
  const { name, role } = director;
  if (status === undefined) {
    return { name, role, state: 'no answer', isActive: false, holdsVip, reason: '', seconds: 0 };
  }
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(status.since)) / 1_000));
  return {
    name,
    role,
    state: status.state,
    isActive: status.active,
    holdsVip,
    reason: status.reason,
    seconds,
  };
}

function viewServer(status: LvsdStatus | undefined, name: string): ViewServer {
  const server = serverStatus(status, name);
  if (server === undefined) {
    return { name, endpoint: '', health: 'unknown', weight: undefined, active: 0, total: 0, reason: '' };
  }
  return {
    name,
    endpoint: `${server.address}:${server.port}`,
    health: server.health,
    weight: server.weight,
    active: server.activeConnections,
    total: server.connections,
    reason: server.reason,
  };
}

/** Runs the live demo until a key, a signal or the time ends it. */
export async function runLive(options: DemoOptions): Promise<void> {
  let demo: LiveDemo | undefined;
  const stage = await Stage.prepare((director, line) => demo?.addLine(director, line));
  await new Promise<void>((resolve) => {
    demo = new LiveDemo(stage, resolve);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    if (options.seconds !== undefined) setTimeout(resolve, options.seconds * 1_000);
    demo.start();
  });
  demo?.close();
  process.stdout.write('demo: stopping\n');
  await stage.stop();
  process.exit(0);
}
