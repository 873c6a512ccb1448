/** TCP names and aliases of a services(5) file. The first line with a name wins, as in the C library. */
export function parseServices(text: string): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [name, portAndProtocol, ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/);
    const match = /^([0-9]{1,5})\/tcp$/.exec(portAndProtocol ?? '');
    if (!name || !match) continue;
    for (const known of [name, ...aliases]) if (!ports.has(known)) ports.set(known, Number(match[1]));
  }
  return ports;
}
