/** The table that every product loads: so many services, on ports of one address, with so many real servers each. */
export const SERVICES = 200;
export const SERVERS_EACH = 50;
export const ADDRESS = '10.0.0.9';

/** The service and the server in it whose weight changes. */
const CHANGED = { service: 99, server: 7 } as const;

/** One real server as it is written in a file. */
interface ShapeServer {
  readonly address: string;
  readonly weight: number;
}

export interface ShapeService {
  readonly name: string;
  readonly port: number;
  readonly servers: readonly ShapeServer[];
}

/** The services, the one server that changes with this weight and all others with 1. */
export function shape(weight: number): readonly ShapeService[] {
  return Array.from({ length: SERVICES }, (_, service) => ({
    name: `s${service}`,
    port: 1_000 + service,
    servers: Array.from({ length: SERVERS_EACH }, (__, server) => ({
      address: `10.1.${service}.${server + 1}`,
      weight: service === CHANGED.service && server === CHANGED.server ? weight : 1,
    })),
  }));
}
