import { WELL_KNOWN_PORTS } from '@piranha/config';
import { readPort } from './addresses.js';

/** A port by its number or its well-known name. */
export function namedPort(text: string): number | undefined {
  return readPort(text) ?? WELL_KNOWN_PORTS.get(text);
}
