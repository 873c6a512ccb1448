/** Connection thresholds of a server; 0 = none. */
export interface Thresholds {
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
}

/**
 * Whether a server is over its upper threshold, with the kernel's hysteresis: once over, it stays so until its
 * connections fall below the lower threshold, or below three quarters of the upper one when there is no lower.
 */
export function isOverThreshold(wasOver: boolean, connections: number, thresholds: Thresholds): boolean {
  const { upperThreshold, lowerThreshold } = thresholds;
  if (upperThreshold === 0) return false;
  if (connections >= upperThreshold) return true;
  if (!wasOver) return false;
  return lowerThreshold > 0 ? connections >= lowerThreshold : connections * 4 >= upperThreshold * 3;
}
