/** The live screen of the demo, from plain values to lines of text. */

export interface ViewDirector {
  readonly name: string;
  readonly role: string;
  /** Pulse's state, or what is known when pulse does not answer. */
  readonly state: string;
  readonly isActive: boolean;
  readonly holdsVip: boolean;
  readonly reason: string;
  readonly seconds: number;
}

export interface ViewServer {
  readonly name: string;
  readonly endpoint: string;
  readonly health: string;
  readonly weight: number | undefined;
  readonly active: number;
  readonly total: number;
  readonly reason: string;
}

export interface ViewState {
  readonly configFile: string;
  readonly url: string;
  readonly directors: readonly ViewDirector[];
  readonly servers: readonly ViewServer[];
  readonly requestsPerSecond: number;
  readonly completed: number;
  readonly failed: number;
  readonly message: string;
  /** Newest last. */
  readonly logLines: readonly string[];
}

export interface ViewOptions {
  readonly columns: number;
  readonly rows: number;
  readonly colour: boolean;
}

const KEYS = [
  '1 2 3 kill/revive server   p kill pulse   l kill lvsd   n kill a nanny   u kill ipvsu',
  'd kill the active director / revive it   h hand over   q quit',
];
const MOST_LOG_LINES = 12;

type Paint = (text: string) => string;

function painter(code: number, on: boolean): Paint {
  return (text) => (on ? `\u001b[${code}m${text}\u001b[0m` : text);
}

/** Cuts to the width, counting characters before any colour is put on. */
function fit(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}

function cells(values: readonly string[], widths: readonly number[]): string {
  return values.map((value, index) => fit(value, widths[index] ?? 0).padEnd(widths[index] ?? 0)).join(' ');
}

const DIRECTOR_WIDTHS = [8, 8, 11, 5, 9, 40];
const SERVER_WIDTHS = [8, 18, 8, 7, 7, 9, 40];

function directorLine(director: ViewDirector): string {
  const { name, role, state, holdsVip, seconds, reason } = director;
  return cells([name, role, state, holdsVip ? 'VIP' : '-', `${seconds} s`, reason], DIRECTOR_WIDTHS);
}

function serverLine(server: ViewServer): string {
  const weight = server.weight === undefined ? 'out' : String(server.weight);
  const { name, endpoint, health, active, total, reason } = server;
  return cells([name, endpoint, health, weight, String(active), String(total), reason], SERVER_WIDTHS);
}

/** The lines of the screen, at most `rows`, none wider than `columns`. */
export function renderView(state: ViewState, { columns, rows, colour }: ViewOptions): readonly string[] {
  const bold = painter(1, colour);
  const green = painter(32, colour);
  const red = painter(31, colour);
  const dim = painter(2, colour);
  const line = (text: string, paint: Paint = (same) => same): string => paint(fit(text, columns));
  const head = [
    line('Piranha: a pair of directors on loopback', bold),
    line(`lvs.cf ${state.configFile}`),
    line(
      `serving ${state.url}   ${state.requestsPerSecond}/s   ${state.completed} answered, ${state.failed} failed`,
    ),
    '',
    line(cells(['director', 'role', 'state', 'VIP', 'since', 'why'], DIRECTOR_WIDTHS), bold),
    ...state.directors.map((director) => line(directorLine(director), director.isActive ? green : undefined)),
    '',
    line(cells(['server', 'address', 'health', 'weight', 'active', 'total', 'why'], SERVER_WIDTHS), bold),
    ...state.servers.map((server) => line(serverLine(server), server.health === 'up' ? green : red)),
    '',
    ...KEYS.map((keys) => line(keys, dim)),
    line(state.message),
    '',
  ];
  const room = Math.max(0, Math.min(MOST_LOG_LINES, rows - head.length - 1));
  const log = room === 0 ? [] : state.logLines.slice(-room).map((text) => line(text));
  return [...head, ...log].slice(0, rows);
}
