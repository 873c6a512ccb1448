/** Counters in ipvsadm's columns, changed in place: they are on the path of every byte. */
export interface TrafficCounters {
  connections: number;
  /** Reads from the client for TCP, datagrams for UDP: the packets themselves are the kernel's. */
  packetsIn: number;
  packetsOut: number;
  bytesIn: number;
  bytesOut: number;
}

/** Counters at zero. */
export function newCounters(): TrafficCounters {
  return { connections: 0, packetsIn: 0, packetsOut: 0, bytesIn: 0, bytesOut: 0 };
}

/** Something to count one direction's data on: a server and its service. */
export interface Counted {
  readonly counters: TrafficCounters;
}

/** Counts one piece of data from the client. */
export function countIn(counted: Counted, bytes: number): void {
  counted.counters.packetsIn += 1;
  counted.counters.bytesIn += bytes;
}

/** Counts one piece of data from the real server. */
export function countOut(counted: Counted, bytes: number): void {
  counted.counters.packetsOut += 1;
  counted.counters.bytesOut += bytes;
}
