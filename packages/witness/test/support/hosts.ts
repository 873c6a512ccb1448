import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { WitnessConfig, WitnessTarget } from '@piranha/config';

/** A loopback address that is not in the list of this machine's addresses, so that it counts as another host. */
const HOST = '127.0.0.2';

/** Something that listens. */
export class Host {
  private constructor(
    private readonly server: Server,
    readonly connections: { count: number },
  ) {}

  private static async on(server: Server, port: number): Promise<Host> {
    const connections = { count: 0 };
    server.on('connection', (socket) => {
      connections.count += 1;
      socket.on('error', () => undefined);
    });
    server.listen(port, HOST);
    await once(server, 'listening');
    return new Host(server, connections);
  }

  static tcp(port = 0): Promise<Host> {
    return Host.on(createServer(), port);
  }

  /** Answers `/200` with that status and so on, `/silent` never, `/flood` with a body that has no end. */
  static http(): Promise<Host> {
    const server = createHttpServer(({ url = '/' }, response) => {
      if (url === '/silent') return;
      response.on('error', () => undefined);
      response.writeHead(url === '/flood' ? 200 : Number(url.slice(1)), { location: '/elsewhere' });
      if (url !== '/flood') {
        response.end('body');
        return;
      }
      const flood = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', flood);
      flood();
    });
    return Host.on(server, 0);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    if ('closeAllConnections' in this.server)
      (this.server as { closeAllConnections(): void }).closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** A port of HOST on which nothing listens. */
export async function closedPort(): Promise<number> {
  const host = await Host.tcp();
  const { port } = host;
  await host.close();
  return port;
}

export function tcp(port: number): WitnessTarget {
  return { kind: 'tcp', name: `tcp ${HOST}:${port}`, address: HOST, port };
}

export function http(port: number, path: string): WitnessTarget {
  return { kind: 'http', name: `http http://${HOST}:${port}${path}`, address: HOST, port, path };
}

export function config(
  targets: readonly WitnessTarget[],
  changes: Partial<WitnessConfig> = {},
): WitnessConfig {
  return {
    targets,
    policy: 'require',
    quorum: 1,
    intervalMs: 50,
    holdLimitMs: 500,
    marginMs: 50,
    takeAfterMs: 600,
    ...changes,
  };
}
