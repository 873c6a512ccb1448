import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Namespace } from './namespace.js';
import { setSysctls } from './networks.js';

/** Ports of a real server: web, the same again where HTTPS would be, a TCP echo, a UDP service that says its name. */
export const PORTS = { web: 80, secureWeb: 443, echo: 7, udp: 5300 } as const;

/** A real server: says its name on the web ports and by UDP, and echoes on long connections. */
export class RealServer {
  private webs: HttpServer[] = [];
  private echo: Server | undefined;
  private udp: UdpSocket | undefined;
  private readonly connections = new Set<Socket>();
  /** While true, connections are accepted and never answered. */
  hangs = false;

  constructor(
    readonly name: string,
    private readonly host: Namespace,
    private readonly address = '::',
  ) {}

  async start(): Promise<void> {
    for (const port of [PORTS.web, PORTS.secureWeb]) {
      const web = createHttpServer({ keepAliveTimeout: 1 }, (request, response) => {
        if (this.hangs) return;
        if (request.url === '/long') response.write(`${this.name} begins\n`);
        else response.end(`${this.name}\n`);
      });
      await this.serve(web, port);
      this.webs.push(web);
    }
    await this.startEcho();
    await this.serveUdp();
  }

  /** Ends every service; connections are reset, as by a process that is killed. */
  async stop(): Promise<void> {
    const servers = [...this.webs, ...(this.echo ? [this.echo] : [])];
    this.webs = [];
    this.echo = undefined;
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const socket of this.connections) socket.resetAndDestroy();
    await Promise.all(closed);
    this.udp?.close();
    this.udp = undefined;
  }

  /** Takes no new echo connections while those that are open go on. */
  refuseEcho(): void {
    this.echo?.close();
  }

  /** Takes echo connections again after refuseEcho. */
  async acceptEcho(): Promise<void> {
    await this.startEcho();
  }

  private async startEcho(): Promise<void> {
    this.echo = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.pipe(socket);
    });
    await this.serve(this.echo, PORTS.echo);
  }

  private async serve(server: Server, port: number): Promise<void> {
    server.on('connection', (socket: Socket) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
    await this.host.listen(server, port, this.address);
  }

  private async serveUdp(): Promise<void> {
    const socket = createSocket('udp4');
    this.udp = socket;
    socket.on('message', (_, { address, port }) => socket.send(`${this.name}\n`, port, address));
    await new Promise<void>((resolve) => {
      socket.once('listening', () => resolve());
      this.host.runWithNextTick(() => socket.bind(PORTS.udp, '0.0.0.0'));
    });
  }
}

/** Lets a host take packets for the VIPs without answering ARP for them, as direct routing and tunnels need. */
export function holdSilently(host: Namespace, vips: readonly string[]): void {
  setSysctls(host, { 'net.ipv4.conf.all.arp_ignore': '1', 'net.ipv4.conf.all.arp_announce': '2' });
  host.ip(...vips.map((vip) => `addr add ${vip}/32 dev lo`));
}

/** Sends a NAT real server's answers back through the directors. */
export function routeThrough(host: Namespace, router: string): void {
  host.ip(`route replace ${router.includes(':') ? '::/0' : 'default'} via ${router}`);
}
