import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseLvsCf } from '@piranha/config';
import { heartbeatMeasurementSchema } from '@piranha/protocol/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { heartbeatPaths, pulseSettings } from '../../src/core/settings.js';
import { HeartbeatMeasure } from '../../src/shell/heartbeat-measure.js';

const FILE = `primary = 127.0.0.2
primary_private = 127.0.1.2
backup = 127.0.0.3
backup_private = 127.0.1.3
backup_active = 1
keepalive = 0.5
deadtime = 2
virtual web {
  active = 1
  address = 127.0.0.100 lo:1
  server a {
    address = 127.0.0.11
    active = 1
  }
}
`;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-measure-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function settings(text = FILE) {
  const { configuration } = parseLvsCf(text);
  if (configuration === undefined) throw new Error('the file is sound');
  const paths = heartbeatPaths(configuration, 'primary');
  return { configuration, paths, settings: pulseSettings(configuration, 'primary') };
}

function measure(problems: string[] = [], file = join(directory, 'heartbeats')): HeartbeatMeasure {
  return new HeartbeatMeasure(file, settings(), (problem) => problems.push(problem));
}

const [publicPath, privatePath] = settings().paths;

function beats(of: HeartbeatMeasure): readonly number[] {
  return of.measurement('running').paths.map(({ quality }) => quality.month.beats);
}

describe('the measurement', () => {
  it('counts by path, and has the form that is announced', () => {
    const counted = measure();
    if (publicPath === undefined || privatePath === undefined) throw new Error('there are two paths');
    expect(counted.qualities()(publicPath)).toBeUndefined();
    counted.heard(publicPath);
    counted.late(3);
    const figures = counted.measurement('running');
    expect(figures).toMatchObject({
      keepaliveMs: 500,
      deadtimeMs: 2_000,
      falseTakeoverYears: 10,
      interruptions: 0,
    });
    expect(figures.paths.map(({ name, heard }) => [name, heard])).toEqual([
      ['public', true],
      ['private', false],
    ]);
    expect(figures.adaptive).toEqual({ enabled: false, because: 'fewer than two paths are heard well' });
    expect(counted.qualities()(publicPath)?.hour).toMatchObject({ beats: 1, lost: 0 });
    expect(heartbeatMeasurementSchema.parse(JSON.parse(JSON.stringify(figures)))).toEqual(figures);
  });

  it('outlives its process, and no other keepalive', () => {
    const first = measure();
    first.restore();
    for (const path of settings().paths) first.heard(path);
    first.close();
    const second = measure();
    second.restore();
    expect(beats(second)).toEqual([1, 1]);
    second.change(settings(FILE.replace('deadtime = 2', 'deadtime = 3')));
    expect(beats(second)).toEqual([1, 1]);
    second.change(settings(FILE.replace('keepalive = 0.5', 'keepalive = 0.4')));
    expect(beats(second)).toEqual([0, 0]);
  });

  it('is not written over before it was read, and a broken one is none', () => {
    const file = join(directory, 'heartbeats');
    measure().close();
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, '{"version":1,"keepaliveMs":"x"}');
    const counted = measure();
    counted.restore();
    expect(beats(counted)).toEqual([0, 0]);
  });

  it('tells once that it cannot be kept', () => {
    const problems: string[] = [];
    const counted = measure(problems, directory);
    counted.restore();
    counted.close();
    counted.close();
    expect(problems).toHaveLength(1);
  });
});
