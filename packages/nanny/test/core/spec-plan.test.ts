import { describe, expect, it } from 'vitest';
import { planCheck } from '../../src/core/check-plan.js';
import { readCommandLine } from '../../src/shell/options.js';

const ARGUMENTS = ['-h', '10.0.0.1', '-p', '80', '-t', '6', '--lvs'];

function planOf(checks: unknown, ...words: readonly string[]) {
  const options = readCommandLine([...ARGUMENTS, ...words], JSON.stringify(checks));
  if (typeof options === 'string' || 'shared' in options) throw new Error(ARGUMENTS.join(' '));
  return planCheck(options.check).plan;
}

const TARGET = { address: '10.0.0.1', port: 80 };

describe('the plan of check blocks', () => {
  it('is one check, with the limits of the command line where it has none', () => {
    const spec = { name: 'a', kind: 'tcp' };
    expect(planOf({ require: 'all', specs: [spec] })).toEqual({
      kind: 'spec',
      target: TARGET,
      stepLimitMs: 6_000,
      connectLimitMs: 6_000,
      spec,
    });
  });

  it('has its own address, port and limits', () => {
    const spec = {
      name: 'a',
      kind: 'tcp',
      address: '::1',
      port: 8080,
      connectTimeoutMs: 100,
      timeoutMs: 200,
    };
    expect(planOf({ require: 'all', specs: [spec] })).toMatchObject({
      target: { address: '::1', port: 8080 },
      stepLimitMs: 200,
      connectLimitMs: 100,
    });
  });

  it('takes the place and the limit of the server that are not its own', () => {
    const words = ['--check-address', '10.0.9.1', '--check-port', '81', '--connect-timeout', '0.5'];
    const plain = { name: 'a', kind: 'tcp', timeoutMs: 200 };
    const own = { ...plain, address: '::1', port: 8080, connectTimeoutMs: 100 };
    const planned = (spec: object) => planOf({ require: 'all', specs: [spec] }, ...words);
    expect(planned(plain)).toMatchObject({
      target: { address: '10.0.9.1', port: 81 },
      stepLimitMs: 200,
      connectLimitMs: 500,
    });
    expect(planned(own)).toMatchObject({ target: { address: '::1', port: 8080 }, connectLimitMs: 100 });
  });

  it.each([
    ['all', 'all-of'],
    ['any', 'any-of'],
  ])('of several with %s is %s', (require, kind) => {
    const specs = [
      { name: 'a', kind: 'tcp' },
      { name: 'b', kind: 'tcp' },
    ];
    expect(planOf({ require, specs })).toMatchObject({
      kind,
      parts: [{ spec: specs[0] }, { spec: specs[1] }],
    });
  });

  it.each(['', undefined])('is the classic one without them (%j)', (text) => {
    const options = readCommandLine(ARGUMENTS, text);
    expect(typeof options === 'object' && 'check' in options && planCheck(options.check).plan.kind).toBe(
      'tcp-send-expect',
    );
  });

  it.each(['{', '{}', '{"require":"all","specs":[]}', '{"require":"some","specs":[{}]}'])(
    'cannot be made from %s',
    (text) => {
      expect(() => readCommandLine(ARGUMENTS, text)).toThrowError('bad checks in the environment');
    },
  );

  it('does not ask for a port that its checks may not need', () => {
    const line = ['-h', '10.0.0.1', '-p', '0', '-r', '0', '--lvs'];
    const checks = JSON.stringify({ require: 'all', specs: [{ name: 'a', kind: 'tcp', port: 1 }] });
    expect(readCommandLine(line, checks)).toMatchObject({ check: { target: { port: 0 } } });
    expect(() => readCommandLine(line)).toThrowError('--rport');
  });
});
