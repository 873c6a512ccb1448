import { readOperations, readTimeouts } from '@piranha/ipvs';
import { ALIVE_INTERVAL_MS, ControlServer } from '@piranha/protocol';
import { readVipRequest } from '../core/vip-set.js';
import type { Engine } from './engine.js';

/** The director's socket. A peer that leaves changes nothing. */
export interface Control {
  close(): Promise<void>;
}

/** Serves an engine on a Unix socket and says `alive` on it. */
export async function serveControl(path: string, engine: Engine): Promise<Control> {
  const server = await ControlServer.listen({
    path,
    methods: {
      'table.read': () => engine.readTable(),
      'table.apply': (params) => engine.apply(readOperations(params)),
      statistics: () => engine.statistics(),
      timeouts: (params) => engine.setTimeouts(readTimeouts(params)),
      'vip.hold': (params) => engine.hold(readVipRequest(params)),
      'vip.release': (params) => engine.release(readVipRequest(params)),
      'vip.list': () => engine.listVips(),
    },
  });
  const beat = setInterval(() => server.broadcast('alive', { pid: process.pid }), ALIVE_INTERVAL_MS);
  return {
    close: async () => {
      clearInterval(beat);
      await server.close();
    },
  };
}
