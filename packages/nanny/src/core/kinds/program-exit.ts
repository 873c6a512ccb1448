/** What a program's exit status says where statuses carry weights, as keepalived's misc_dynamic has it. */
export type DynamicExit =
  | { readonly ok: false }
  /** Undefined: the weight that is configured. */
  | { readonly ok: true; readonly weight: number | undefined };

/** 0 is up with the configured weight, 1 is down, 2 to 255 are up with a weight of two less. */
export function readDynamicExit(status: number): DynamicExit {
  if (status === 0) return { ok: true, weight: undefined };
  return status >= 2 && status <= 255 ? { ok: true, weight: status - 2 } : { ok: false };
}
