import { describe, expect, it } from 'vitest';
import { type CheckOptions, type PlannedCheck, planCheck } from '../../src/core/check-plan.js';

const BARE: CheckOptions = {
  target: { address: '10.0.0.1', port: 8000 },
  virtualPort: 8080,
  udp: false,
  send: undefined,
  expect: undefined,
  useRegex: false,
  sendProgram: undefined,
  literalBackslashes: false,
  intervalMs: 6_000,
};

function plan(options: Partial<CheckOptions>): PlannedCheck {
  return planCheck({ ...BARE, ...options });
}

const text = (bytes: unknown) => Buffer.from(bytes as Uint8Array).toString();

describe('planCheck', () => {
  it('connects when nothing is configured', () => {
    expect(plan({})).toEqual({
      plan: { kind: 'tcp-connect', target: BARE.target, stepLimitMs: 6_000 },
      notices: [],
    });
  });

  it('takes virtual port 80 without a check for a web server, whatever the real port', () => {
    const { plan: web, notices } = plan({ virtualPort: 80 });
    expect(notices.map(({ event }) => event)).toEqual(['NANNY_DEFAULT_WEB_CHECK']);
    if (web.kind !== 'tcp-send-expect') throw new Error(web.kind);
    expect(text(web.send)).toBe('GET / HTTP/1.0\r\n\r\n');
    expect(web.expectation).toEqual({ type: 'prefix', bytes: new TextEncoder().encode('HTTP') });
  });

  it.each([{ send: 'x' }, { expect: 'x' }, { sendProgram: 'x' }, { udp: true }])(
    'does not apply that rule with %j',
    (options) => {
      expect(plan({ virtualPort: 80, ...options }).notices).toEqual([]);
    },
  );

  it('translates backslashes unless told not to', () => {
    const send = String.raw`a\r\n`;
    const translated = plan({ send }).plan;
    const literal = plan({ send, literalBackslashes: true }).plan;
    expect('send' in translated && text(translated.send)).toBe('a\r\n');
    expect('send' in literal && text(literal.send)).toBe(send);
  });

  it('lets send_program win and says that send is ignored, without its text', () => {
    const planned = plan({ sendProgram: 'check  %h %p x%h', send: 'secret', expect: String.raw`O\tK` });
    expect(planned.plan).toMatchObject({
      kind: 'program',
      words: ['check', '10.0.0.1', '8000', 'x%h'],
      expect: 'O\tK',
    });
    expect(planned.notices).toEqual([
      { event: 'NANNY_SEND_IGNORED', fields: { program: 'check', sendBytes: 6 } },
    ]);
  });

  it.each([
    [{ sendProgram: '  ' }, 'NANNY_PROGRAM_BAD'],
    [{ sendProgram: 'x '.repeat(40) }, 'NANNY_PROGRAM_BAD'],
    [{ expect: '(', useRegex: true }, 'NANNY_REGEX_BAD'],
  ])('plans a check that always fails for %j', (options, event) => {
    expect(plan(options).plan).toMatchObject({ kind: 'broken', complaint: { event } });
  });

  it('takes 39 words of a program', () => {
    expect(plan({ sendProgram: 'x '.repeat(39) }).plan.kind).toBe('program');
  });

  it('lets silence pass over UDP only when nothing is sent and nothing expected', () => {
    expect(plan({ udp: true }).plan).toMatchObject({ kind: 'udp', silencePasses: true });
    expect(plan({ udp: true, send: 'x' }).plan).toMatchObject({ kind: 'udp', silencePasses: false });
    expect(plan({ udp: true, expect: 'x' }).plan).toMatchObject({ kind: 'udp', silencePasses: false });
  });
});
