import type { CheckSet, CheckSpec, CheckSpecBase } from '../check-model.js';
import { kindNamed, wordsOfKind } from './check-kinds/registry.js';
import type { ParsedBlock } from './parsed.js';
import { Values } from './values.js';

const REQUIRES: readonly CheckSet['require'][] = ['all', 'any'];

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}

/** The object without the keys whose value is undefined: JSON has none of them either. */
function given<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Value;
}

function buildBase(block: ParsedBlock, values: Values): CheckSpecBase {
  return {
    name: block.name,
    address: values.address('connect_ip'),
    port: values.optionalNumber('connect_port'),
    connectTimeoutMs: milliseconds(values.optionalNumber('connect_timeout')),
    timeoutMs: milliseconds(values.optionalNumber('check_timeout')),
  } as CheckSpecBase;
}

/** The meaning of one check block; undefined where its kind is not known. */
export function buildCheckSpec(block: ParsedBlock): CheckSpec | undefined {
  const kind = kindNamed(block.kind);
  if (!kind) return undefined;
  const values = new Values(wordsOfKind(block.kind), block);
  return given(kind.build(values, buildBase(block, values)));
}

/** The check blocks of a virtual or server block; none is possible. */
export function buildCheckSet(block: ParsedBlock, otherwise: CheckSet['require']): CheckSet {
  const specs = block.checks.flatMap((check) => buildCheckSpec(check) ?? []);
  const level = block.level === 'server' ? 'server' : 'virtual';
  return { require: new Values(level, block).choice('checks', REQUIRES, otherwise), specs };
}

/** The check blocks of a server block; undefined where it has none, and its virtual's count. */
export function buildServerChecks(virtual: ParsedBlock, block: ParsedBlock): CheckSet | undefined {
  if (block.checks.length === 0) return undefined;
  return buildCheckSet(block, new Values('virtual', virtual).choice('checks', REQUIRES, 'all'));
}

/** The check blocks that count for a server: its own or its virtual's; undefined where neither has any. */
export function checksOf(
  service: CheckSet,
  server: { readonly check?: CheckSet | undefined },
): CheckSet | undefined {
  const checks = server.check ?? service;
  return checks.specs.length === 0 ? undefined : checks;
}
