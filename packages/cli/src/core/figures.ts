/** Figures as people read them. */

/** A count with thousands apart: `183,600`. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** Three digits that mean something, nothing behind them. */
function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** A duration: `0.3 ms`, `18 ms`, `1.02 s`. */
export function durationText(ms: number): string {
  return ms < 1_000 ? `${threeDigits(ms)} ms` : `${threeDigits(ms / 1_000)} s`;
}

/** A share as per cent: `0 %`, `0.0016 %`, `12 %`. */
export function shareText(share: number): string {
  return `${String(Number((100 * share).toPrecision(2)))} %`;
}

/** How often something happens, as a bound: `one in 24 years`, `3 a year`, `7 a day`; nothing rarer than one in a million years. */
export function rateText(perYear: number): string {
  const years = Math.min(1 / perYear, 1e6);
  if (years >= 100) return `one in ${countText(Number(years.toPrecision(2)))} years`;
  if (years >= 1) return `one in ${threeDigits(Math.floor(years * 10) / 10)} years`;
  const [perUnit, unit] =
    perYear < 365
      ? [perYear, 'year']
      : perYear < 365 * 24
        ? [perYear / 365.25, 'day']
        : [perYear / 8_766, 'hour'];
  return `${Math.ceil(perUnit).toLocaleString('en-US')} a${unit === 'hour' ? 'n' : ''} ${unit}`;
}
