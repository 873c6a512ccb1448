import { type LabelsOf, METRICS, type MetricFamily, type MetricName } from './catalogue.js';

/** One value of a family. */
export interface Sample {
  readonly name: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Longer label values are cut: names come from files, and a series is kept for long. */
const LABEL_LIMIT = 200;

/** Collects values, each series once; what is not known is left out. */
export class MetricSet {
  private readonly series = new Map<string, Sample>();

  add<Name extends MetricName>(
    name: Name,
    labels: LabelsOf<Name>,
    value: number | boolean | undefined,
  ): void {
    if (value === undefined || Number.isNaN(value)) return;
    const cut = Object.fromEntries(
      Object.entries<string>(labels).map(([label, text]) => [
        label,
        [...text].slice(0, LABEL_LIMIT).join(''),
      ]),
    );
    const key = JSON.stringify([name, cut]);
    // Twice the same series would make the whole text unreadable: the first one counts.
    if (!this.series.has(key)) this.series.set(key, { name, labels: cut, value: Number(value) });
  }

  get samples(): readonly Sample[] {
    return [...this.series.values()];
  }
}

function escapedLabel(text: string): string {
  return text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
}

function sampleLine({ name, labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapedLabel(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${numberText(value)}`;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

/** The text format of Prometheus, version 0.0.4: each family with its HELP and TYPE, in the order of the catalogue. */
export function metricsText(samples: readonly Sample[]): string {
  const families = new Map<string, string[]>();
  for (const sample of samples) {
    const lines = families.get(sample.name) ?? [];
    lines.push(sampleLine(sample));
    families.set(sample.name, lines);
  }
  return Object.entries<MetricFamily>(METRICS)
    .flatMap(([name, { type, help }]) => {
      const lines = families.get(name);
      const text = help.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
      return lines === undefined ? [] : [`# HELP ${name} ${text}`, `# TYPE ${name} ${type}`, ...lines];
    })
    .map((line) => `${line}\n`)
    .join('');
}
