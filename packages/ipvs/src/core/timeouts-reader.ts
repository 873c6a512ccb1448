import type { TableTimeouts } from '../director.js';

const TIMEOUTS = /\(tcp tcpfin udp\):\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})/;

/** Reads the output of `ipvsadm -Ln --timeout`; undefined for anything else. */
export function parseTimeouts(text: string): TableTimeouts | undefined {
  const [, tcp, tcpFin, udp] = TIMEOUTS.exec(text) ?? [];
  if (tcp === undefined || tcpFin === undefined || udp === undefined) return undefined;
  return { tcpSeconds: Number(tcp), tcpFinSeconds: Number(tcpFin), udpSeconds: Number(udp) };
}
