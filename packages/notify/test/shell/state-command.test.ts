import { describe, expect, it } from 'vitest';
import { Notifier } from '../../src/shell/notifier.js';
import { notifyConfig } from '../support/configuration.js';
import { useScripts } from '../support/scripts.js';

describe('active_cmd and inactive_cmd', () => {
  const scripts = useScripts();
  const run = (command: string, timeoutMs = 60_000): Promise<void> => {
    const notifier = new Notifier(notifyConfig({ timeoutMs }), { log: scripts.log });
    return notifier.runStateCommand({ command, role: 'active', reason: 'partner dead' });
  };

  it('splits at blanks, uses no shell, and gives role and reason in a clean environment', async () => {
    process.env.PIRANHA_SECRET = 'hidden';
    const out = scripts.path('out');
    await run(`${scripts.write(`{ printf '<%s>' "$@"; env; } >${out}`)}  a\t$HOME  ;b "c d"`);
    delete process.env.PIRANHA_SECRET;
    const text = scripts.read('out');
    expect(text).toContain('<a><$HOME><;b><"c><d">');
    expect(text).toContain('PIRANHA_ROLE=active');
    expect(text).toContain('PIRANHA_EVENT=partner dead');
    expect(text).not.toContain('hidden');
    expect(scripts.log.ids()).toEqual(['PULSE_STATE_COMMAND_STARTED', 'PULSE_STATE_COMMAND_ENDED']);
  });

  it('logs the first lines of what it says, and its failure, but no argument', async () => {
    const text = 'i=0; while [ $i -lt 50 ]; do echo line $i; i=$((i+1)); done; echo oh >&2; exit 3';
    await run(`${scripts.write(text)} secret`);
    const said = scripts.log.lines.filter(({ id }) => id === 'PULSE_STATE_COMMAND_OUTPUT');
    expect(said).toHaveLength(10);
    expect(said[0]?.fields.line).toBe('line 0');
    expect(scripts.log.lines.at(-1)).toMatchObject({
      id: 'PULSE_STATE_COMMAND_FAILED',
      fields: { problem: 'exit status 3' },
    });
    expect(JSON.stringify(scripts.log.lines)).not.toContain('secret');
  });

  it('does not wait for what the command leaves running', async () => {
    await run(scripts.write(`sleep 600 & echo $! >${scripts.path('pid')}; echo started`));
    expect(scripts.log.ids().at(-1)).toBe('PULSE_STATE_COMMAND_ENDED');
    process.kill(Number(scripts.read('pid')), 'SIGKILL');
  });

  it('tells of a command that is not there, and of an empty one', async () => {
    await run('/nonexistent/command now');
    await run('  ');
    expect(scripts.log.ids()).toEqual(['PULSE_STATE_COMMAND_FAILED', 'PULSE_STATE_COMMAND_FAILED']);
  });

  it('runs as the original did even where somebody else may change it, with a warning', async () => {
    const script = scripts.write(`touch ${scripts.path('ran')}`, 0o777);
    await run(script);
    expect(scripts.exists('ran')).toBe(true);
    const warned = scripts.log.count('NOTIFY_RISKY');
    expect(warned).toBe(process.getuid?.() === 0 ? 1 : 0);
  });
});
